import CofferHTTP
import CofferModel
import CofferStorage

/// What must hold for an object that is to be deleted: in headers of DeleteObject, in elements of DeleteObjects.
///
/// Source: S3 User Guide, "How to perform conditional deletes"; S3 API Reference, DeleteObject.
struct DeleteConditions: Sendable {
    private let etag: ETagCondition?
    private let modified: Timestamp?
    private let size: Int64?

    init(_ request: S3Request) throws(S3Error) {
        let (sizeHeader, timeHeader) = ("x-amz-if-match-size", "x-amz-if-match-last-modified-time")
        try self.init(
            etag: request.headers["if-match"], modified: request.headers[timeHeader], size: request.headers[sizeHeader]
        ) { .invalidArgument("The value cannot be read", name: $0 == "time" ? timeHeader : sizeHeader, value: $1) }
    }

    /// Reads an `Object` of DeleteObjects.
    init(_ element: XMLElement) throws(S3Error) {
        try self.init(
            etag: element["ETag"]?.text, modified: element["LastModifiedTime"]?.text, size: element["Size"]?.text
        ) { _, _ in S3Error(.malformedXML) }
    }

    private init(
        etag: String?, modified: String?, size: String?, malformed: (_ what: String, _ value: String) -> S3Error
    ) throws(S3Error) {
        self.etag = etag.map(ETagCondition.init)
        self.modified = modified.flatMap { Timestamp(parsing: $0) }
        self.size = size.flatMap { Int64($0) }
        if let modified, self.modified == nil { throw malformed("time", modified) }
        if let size, self.size == nil { throw malformed("size", size) }
    }

    /// Who asks for an ETag, a size or a time learns of the object, and must be allowed to read it. `*` asks for none.
    var asksForContent: Bool { (etag != nil && etag != .any) || modified != nil || size != nil }

    /// What is asked inside the transaction, of the current version; nil if nothing is.
    ///
    /// - Parameter missing: makes the error for where there is no such object.
    /// - Throws: `NotImplemented` where a version is to be removed: conditions are about the current one.
    func condition(
        version: VersionID?, missing: () throws(S3Error) -> S3Error
    ) throws(S3Error) -> WriteCondition? {
        guard etag != nil || modified != nil || size != nil else { return nil }
        guard version == nil else { throw .notImplemented(header: "If-Match") }
        let missing = try missing()
        return { current throws(S3Error) in
            guard let current, !current.isDeleteMarker else {
                // What is not there has any size and any time.
                guard etag == nil else { throw missing }
                return
            }
            if let etag, !etag.matches(current.etag) { throw .preconditionFailed("If-Match") }
            if let modified, modified.seconds != current.modified.seconds {
                throw .preconditionFailed("x-amz-if-match-last-modified-time")
            }
            if let size, size != current.size { throw .preconditionFailed("x-amz-if-match-size") }
        }
    }
}

/// `x-amz-bypass-governance-retention`, which only who has the right may give.
enum GovernanceBypass {
    private static let header = "x-amz-bypass-governance-retention"

    static func isAsked(_ request: S3Request) -> Bool { request.headers[header]?.lowercased() == "true" }

    /// - Throws: `InvalidArgument` where versions cannot be locked.
    static func check<Operation>(_ call: Authorized<Operation>) throws(S3Error) {
        guard isAsked(call.request), try !call.state.locksVersions else { return }
        throw .invalidArgument(
            "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.", name: header,
            value: "true")
    }

    static func permissions(for request: S3Request, key: ObjectKey) throws(S3Error) -> [Permission] {
        isAsked(request)
            ? [Permission("s3:BypassGovernanceRetention", bucket: try request.bucketName(), key: key)] : []
    }
}
