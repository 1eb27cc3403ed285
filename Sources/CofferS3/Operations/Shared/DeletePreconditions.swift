import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// The conditions for deleting an object: `If-Match` of DeleteObject, `ETag` of DeleteObjects.
///
/// Conditions on size and time, which AWS supports only in directory buckets, are refused as AWS refuses them in other
/// buckets.
///
/// Source: S3 User Guide, "How to perform conditional deletes"; S3 API Reference, DeleteObject.
struct DeletePreconditions: Sendable {
    private let etag: ETagCondition?

    /// - Throws: `NotImplemented` for a condition on size or time.
    init(_ request: S3Request) throws(S3Error) {
        for header in ["x-amz-if-match-size", "x-amz-if-match-last-modified-time"]
        where request.headers[header] != nil {
            throw .notImplemented(header: header)
        }
        etag = request.headers["if-match"].map(ETagCondition.init)
    }

    /// Reads an `Object` of DeleteObjects.
    ///
    /// - Throws: `NotImplemented` for a condition on size or time.
    init(_ element: XMLElement) throws(S3Error) {
        for name in ["Size", "LastModifiedTime"] where element[name] != nil { throw .notImplemented(header: name) }
        etag = element["ETag"].map { ETagCondition($0.text) }
    }

    /// Whether the caller must be allowed to read the object, because a condition on an ETag reveals information about
    /// it. `*` does not.
    var asksForContent: Bool { etag != nil && etag != .any }

    /// Returns the condition on the current version that is evaluated inside the transaction; nil if there is none.
    ///
    /// - Parameter missing: creates the error for an object that does not exist.
    /// - Throws: `NotImplemented` if a version is to be removed: conditions apply to the current one.
    func condition(
        version: VersionID?, missing: () async throws(S3Error) -> S3Error
    ) async throws(S3Error) -> WriteCheck? {
        guard let etag else { return nil }
        guard version == nil else { throw .notImplemented(header: "If-Match") }
        let missing = try await missing()
        return { current throws(S3Error) in
            guard let current, !current.isDeleteMarker else { throw missing }
            guard etag.matches(current.etag) else { throw .preconditionFailed("If-Match") }
        }
    }
}

/// `x-amz-bypass-governance-retention`, which requires a permission of its own.
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

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        isAsked(request) ? [try request.permission("s3:BypassGovernanceRetention")] : []
    }
}
