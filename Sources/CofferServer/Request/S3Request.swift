import CofferHTTP
import CofferModel
import CofferSigning

/// A request to S3, after its target was taken apart.
struct S3Request: Sendable {
    let id: RequestID
    /// When it came.
    let time: Timestamp
    /// As it was received. Settings are read from ``headers``.
    let head: HTTPRequestHead
    /// The header fields in effect, wherever they stand: see ``EffectiveHeaders``.
    let headers: HTTPHeaders
    let target: S3Target
    let query: Query
    /// Those that ACLs may name.
    let accounts: Accounts
    /// nil where no bucket is named, or none could have the name.
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
        // A name that breaks the rules has its error where a bucket is asked for.
        validBucketName = target.bucket.flatMap { try? BucketName($0) }
    }

    /// A request about an object of the same bucket, with other header fields: as a form names them in its body. What the
    /// form's URL has for a query is not signed with the form, and says nothing of the object.
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

    /// The bucket's name, for operations that are routed only where there is one.
    func bucketName() throws(S3Error) -> BucketName {
        if let validBucketName { return validBucketName }
        throw S3Error(.invalidBucketName, details: [("BucketName", target.bucket ?? "")])
    }

    func key() throws(S3Error) -> ObjectKey { try ObjectKey(target.keyBytes) }

    /// The length of a body that must tell it ahead.
    ///
    /// - Throws: `MissingContentLength`, or `NotImplemented` for one that comes in the chunks of HTTP.
    func contentLength() throws(S3Error) -> Int64 {
        guard !head.isChunked else { throw .notImplemented(header: "Transfer-Encoding") }
        guard let length = head.contentLength else { throw S3Error(.missingContentLength) }
        return length
    }

    /// Where an object of the bucket is found, by the host and in the style that this request has. As AWS writes it, with
    /// the slashes of the key encoded.
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

    /// Refuses headers whose meaning the server does not have, rather than leave them without effect.
    func refuse(headers names: [String]) throws(S3Error) {
        for field in headers.fields where names.contains(where: { field.name.hasPrefix($0) }) {
            throw .notImplemented(header: field.name)
        }
    }

    /// The version that `versionId` names; nil for the current one.
    func versionID() throws(S3Error) -> VersionID? {
        guard let text = query["versionId"] else { return nil }
        guard !text.isEmpty else {
            throw .invalidArgument("Version id cannot be the empty string", name: "versionId", value: text)
        }
        return try VersionID(text)
    }

    /// The permission that an action on the object needs, which has another name for versions: `s3:GetObject` and
    /// `s3:GetObjectVersion`.
    func permission(_ action: String, forVersion versionAction: String) throws(S3Error) -> Permission {
        var permission = Permission(
            query.contains("versionId") ? versionAction : action, bucket: try bucketName(), key: try key())
        // An id that is none has its error where the operation reads it.
        permission.version = try? versionID()
        return permission
    }
}

/// What a request is about, as `MethodNotAllowed` names it.
enum ResourceLevel: String, Sendable {
    /// An account as a whole, of which the API of S3 Control speaks.
    case account = "ACCOUNT"
    case service = "SERVICE"
    case bucket = "BUCKET"
    case object = "OBJECT"
}
