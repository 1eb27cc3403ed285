import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// The conditions of a read, with S3's precedence: the result of an ETag condition takes precedence over that of a date
/// condition.
///
/// Source: S3 API Reference, GetObject and CopyObject; RFC 9110 section 13.2.2.
struct ReadPreconditions: Sendable {
    private let ifMatch: ETagCondition?
    private let ifNoneMatch: ETagCondition?
    private let ifModifiedSince: Timestamp?
    private let ifUnmodifiedSince: Timestamp?
    private let prefix: String
    private let now: Timestamp

    /// - Parameter prefix: the prefix of the headers' names: empty, `x-amz-copy-source-` or `x-amz-rename-source-`.
    init(_ request: S3Request, prefix: String = "") {
        self.prefix = prefix
        now = request.time
        func header(_ name: String) -> String? { request.headers[prefix.isEmpty ? name : prefix + name] }
        ifMatch = header("if-match").map(ETagCondition.init)
        ifNoneMatch = header("if-none-match").map(ETagCondition.init)
        // An invalid date is ignored, as is a future one in If-Modified-Since (RFC 9110 section 13.1.3).
        ifModifiedSince = header("if-modified-since").flatMap { Timestamp(parsing: $0) }
        ifUnmodifiedSince = header("if-unmodified-since").flatMap { Timestamp(parsing: $0) }
    }

    /// Whether the caller must be allowed to read the object, because a condition on an ETag or a time reveals
    /// information about it. `*` does not.
    var asksForContent: Bool {
        [ifMatch, ifNoneMatch].contains { $0 != nil && $0 != .any } || ifModifiedSince != nil
            || ifUnmodifiedSince != nil
    }

    enum Outcome: Sendable {
        case holds
        case notModified
        case failed(condition: String)
    }

    func evaluate(_ object: ObjectRecord) -> Outcome {
        if let ifMatch {
            if !ifMatch.matches(object.etag) { return .failed(condition: name("If-Match")) }
        } else if let ifUnmodifiedSince, object.modified.seconds > ifUnmodifiedSince.seconds {
            return .failed(condition: name("If-Unmodified-Since"))
        }
        if let ifNoneMatch {
            if ifNoneMatch.matches(object.etag) { return .notModified }
        } else if let ifModifiedSince, object.modified.seconds <= ifModifiedSince.seconds, ifModifiedSince <= now {
            return .notModified
        }
        return .holds
    }

    /// Checks the conditions for a write, which has no "not modified" result.
    func require(_ object: ObjectRecord) throws(S3Error) {
        switch evaluate(object) {
        case .holds: return
        case .failed(let condition): throw .preconditionFailed(condition)
        case .notModified: throw .preconditionFailed(name(ifNoneMatch == nil ? "If-Modified-Since" : "If-None-Match"))
        }
    }

    private func name(_ header: String) -> String {
        prefix.isEmpty ? header : prefix + header
    }
}
