package import CofferHTTP
package import CofferModel
package import CofferSigning

/// A request to S3, with its target parsed.
///
/// A class, because every step of a request passes it on: a copy of its fields would count references to each.
package final class S3Request: Sendable {
    package let id: RequestID
    /// When the request arrived.
    package let time: Timestamp
    /// The head as it was received. Settings are read from ``headers``.
    package let head: HTTPRequestHead
    /// The effective header fields, wherever they come from: see ``EffectiveHeaders``.
    package let headers: HTTPHeaders
    package let target: S3Target
    package let query: Query
    /// The accounts that ACLs may name.
    package let accounts: Accounts
    /// The bucket's name; nil if no bucket is named, or the name is invalid.
    package let validBucketName: BucketName?
    private let validKey: Result<ObjectKey, S3Error>

    package init(
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
        validKey = Self.key(of: target)
    }

    /// Creates a request about an object of the same bucket with other header fields, as a form specifies them in its
    /// body. The query of the form's URL is not signed with the form, so it is ignored.
    package init(_ request: S3Request, key: [UInt8], headers: HTTPHeaders) {
        head = request.head
        self.headers = headers
        id = request.id
        time = request.time
        target = S3Target(request.target, key: key)
        query = .empty
        accounts = request.accounts
        validBucketName = request.validBucketName
        validKey = Self.key(of: target)
    }

    package var method: String { head.method }

    /// What the request is about.
    package var level: ResourceLevel {
        target.controlPath != nil
            ? .account : target.bucket == nil ? .service : target.keyBytes.isEmpty ? .bucket : .object
    }

    /// Returns the bucket's name, for operations that are routed only if there is one.
    package func bucketName() throws(S3Error) -> BucketName {
        if let validBucketName { return validBucketName }
        throw S3Error(.invalidBucketName, details: [("BucketName", target.bucket ?? "")])
    }

    package func key() throws(S3Error) -> ObjectKey { try validKey.get() }

    private static func key(of target: S3Target) -> Result<ObjectKey, S3Error> {
        Result { () throws(S3Error) in try ObjectKey(target.keyBytes) }
    }

    /// Returns the length of a body that must declare it in advance.
    ///
    /// - Throws: `MissingContentLength`, or `NotImplemented` for HTTP's chunked transfer encoding.
    package func contentLength() throws(S3Error) -> Int64 {
        guard !head.isChunked else { throw .notImplemented(header: "Transfer-Encoding") }
        guard let length = head.contentLength else { throw S3Error(.missingContentLength) }
        return length
    }

    /// Returns the URL of an object in the bucket, with the host and addressing style of this request. As in AWS's
    /// URLs, the slashes of the key are encoded.
    package func location(of key: ObjectKey) throws(S3Error) -> String {
        let scheme = head.isSecure ? "https" : "http"
        let origin = headers["host"].map { "\(scheme)://\($0)" } ?? ""
        let path = target.isBucketInHost ? "" : "/\(try bucketName())"
        return "\(origin)\(path)/\(PercentEncoding.encode(key.bytes))"
    }

    package var signable: SignableRequest {
        SignableRequest(
            method: method, path: target.rawPath, query: target.rawQuery, headers: head.headers.fields,
            hostBucket: target.isBucketInHost ? target.bucket : nil)
    }

    /// Refuses headers that the server does not support, rather than ignore them.
    package func refuse(headers names: [String]) throws(S3Error) {
        for field in headers.fields where names.contains(where: { field.name.hasPrefix($0) }) {
            throw .notImplemented(header: field.name)
        }
    }

    /// Returns the version that `versionId` names; nil for the current one.
    package func versionID() throws(S3Error) -> VersionID? {
        guard let text = query["versionId"] else { return nil }
        guard !text.isEmpty else {
            throw .invalidArgument("Version id cannot be the empty string", name: "versionId", value: text)
        }
        return try VersionID(text)
    }
}

/// What a request is about, as `MethodNotAllowed` names it.
package enum ResourceLevel: String, Sendable {
    /// An account, in the S3 Control API.
    case account = "ACCOUNT"
    case service = "SERVICE"
    case bucket = "BUCKET"
    case object = "OBJECT"
}
