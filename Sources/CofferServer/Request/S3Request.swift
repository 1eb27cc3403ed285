import CofferHTTP
import CofferModel
import CofferSigning

/// A request to S3, with its target parsed.
struct S3Request: Sendable {
    let id: RequestID
    /// When the request arrived.
    let time: Timestamp
    /// The head as it was received. Settings are read from ``headers``.
    let head: HTTPRequestHead
    /// The effective header fields, wherever they come from: see ``EffectiveHeaders``.
    let headers: HTTPHeaders
    let target: S3Target
    let query: Query
    /// The accounts that ACLs may name.
    let accounts: Accounts
    /// The bucket's name; nil if no bucket is named, or the name is invalid.
    let validBucketName: BucketName?

    init(
        id: RequestID, time: Timestamp, head: HTTPRequestHead, addressing: Addressing, accounts: Accounts
    ) throws(S3Error) {
        self.id = id
        self.time = time
        self.head = head
        target = try S3Target(head, addressing: addressing)
        query = try Query(target.rawQuery)
        headers = try EffectiveHeaders.of(head, query: query)
        self.accounts = accounts
        // An invalid name is reported where a bucket is required.
        validBucketName = target.bucket.flatMap { try? BucketName($0) }
    }

    /// Creates a request about an object of the same bucket with other header fields, as a form specifies them in its
    /// body. The query of the form's URL is not signed with the form, so it is ignored.
    init(_ request: S3Request, key: [UInt8], headers: HTTPHeaders) {
        head = request.head
        self.headers = headers
        id = request.id
        time = request.time
        target = S3Target(request.target, key: key)
        query = .empty
        accounts = request.accounts
        validBucketName = request.validBucketName
    }

    var method: String { head.method }

    /// What the request is about.
    var level: ResourceLevel {
        target.controlPath != nil
            ? .account : target.bucket == nil ? .service : target.keyBytes.isEmpty ? .bucket : .object
    }

    /// Returns the bucket's name, for operations that are routed only if there is one.
    func bucketName() throws(S3Error) -> BucketName {
        if let validBucketName { return validBucketName }
        throw S3Error(.invalidBucketName, details: [("BucketName", target.bucket ?? "")])
    }

    func key() throws(S3Error) -> ObjectKey { try ObjectKey(target.keyBytes) }

    /// Returns the length of a body that must declare it in advance.
    ///
    /// - Throws: `MissingContentLength`, or `NotImplemented` for HTTP's chunked transfer encoding.
    func contentLength() throws(S3Error) -> Int64 {
        guard !head.isChunked else { throw .notImplemented(header: "Transfer-Encoding") }
        guard let length = head.contentLength else { throw S3Error(.missingContentLength) }
        return length
    }

    /// Returns the URL of an object in the bucket, with the host and addressing style of this request. As in AWS's
    /// URLs, the slashes of the key are encoded.
    func location(of key: ObjectKey) throws(S3Error) -> String {
        let scheme = head.isSecure ? "https" : "http"
        let origin = headers["host"].map { "\(scheme)://\($0)" } ?? ""
        let path = target.isBucketInHost ? "" : "/\(try bucketName())"
        return "\(origin)\(path)/\(PercentEncoding.encode(key.bytes))"
    }

    var signable: SignableRequest {
        SignableRequest(
            method: method, path: target.rawPath, query: target.rawQuery, headers: head.headers.fields,
            hostBucket: target.isBucketInHost ? target.bucket : nil)
    }

    /// Refuses headers that the server does not support, rather than ignore them.
    func refuse(headers names: [String]) throws(S3Error) {
        for field in headers.fields where names.contains(where: { field.name.hasPrefix($0) }) {
            throw .notImplemented(header: field.name)
        }
    }

    /// Returns the version that `versionId` names; nil for the current one.
    func versionID() throws(S3Error) -> VersionID? {
        guard let text = query["versionId"] else { return nil }
        guard !text.isEmpty else {
            throw .invalidArgument("Version id cannot be the empty string", name: "versionId", value: text)
        }
        return try VersionID(text)
    }

    /// Returns the permission that an action on the object requires. Its name differs for versions: `s3:GetObject` and
    /// `s3:GetObjectVersion`.
    func permission(_ action: String, forVersion versionAction: String) throws(S3Error) -> Permission {
        var permission = Permission(
            query.contains("versionId") ? versionAction : action, bucket: try bucketName(), key: try key())
        // An invalid id is reported where the operation reads it.
        permission.version = try? versionID()
        return permission
    }
}

/// What a request is about, as `MethodNotAllowed` names it.
enum ResourceLevel: String, Sendable {
    /// An account, in the S3 Control API.
    case account = "ACCOUNT"
    case service = "SERVICE"
    case bucket = "BUCKET"
    case object = "OBJECT"
}
