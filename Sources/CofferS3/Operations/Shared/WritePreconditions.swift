import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// The `If-Match` and `If-None-Match` conditions of a write.
///
/// Source: S3 User Guide, "How to prevent object overwrites with conditional writes".
struct WritePreconditions: Sendable {
    private let key: ObjectKey
    /// nil if the object must not exist.
    private let expected: ETagCondition?
    private let isAsked: Bool
    /// Whether the object existed before the body arrived; known once ``prepare(_:)`` was called.
    private var existed = false

    /// - Throws: `NotImplemented` for values that S3 does not support here.
    init(_ request: S3Request, key: ObjectKey) throws(S3Error) {
        self.key = key
        let ifNoneMatch = request.headers["if-none-match"]
        let ifMatch = request.headers["if-match"]
        guard ifMatch == nil || ifNoneMatch == nil else {
            throw Self.unsupported(
                "If-Match,If-None-Match", "Multiple conditional request headers present in the request")
        }
        guard ifNoneMatch == nil || ifNoneMatch == "*" else { throw Self.unsupported("If-None-Match") }
        guard ifMatch != "*" else { throw Self.unsupported("If-Match") }
        expected = ifMatch.map(ETagCondition.init)
        isAsked = ifMatch != nil || ifNoneMatch != nil
    }

    /// Returns the permission to read the object, because a condition on an ETag reveals information about it.
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        guard request.headers["if-match"] != nil else { return [] }
        return [try request.permission("s3:GetObject", as: .current)]
    }

    /// The error if the object was written or deleted after an upload of it began, whatever it is now; nil if there is
    /// no condition.
    var conflict: S3Error? {
        guard isAsked else { return nil }
        return S3Error(
            .conditionalRequestConflict,
            details: [("Condition", expected == nil ? "If-None-Match" : "If-Match"), ("Key", key.description)])
    }

    /// Looks up whether the object exists before the body arrives: S3 reports a conflict if it is deleted in the
    /// meantime.
    mutating func prepare<Operation>(_ call: Authorized<Operation>) async throws(S3Error) {
        guard isAsked else { return }
        let bucket = try call.bucket
        let object = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.object(key, in: bucket)
        }
        existed = object.map { !$0.isDeleteMarker } ?? false
    }

    /// Returns the condition that is evaluated inside the transaction; nil if there is none.
    func condition<Operation>(_ call: Authorized<Operation>) async throws(S3Error) -> WriteCheck? {
        guard let conflict else { return nil }
        let missing = try await call.missing(key)
        return { current throws(S3Error) in
            let exists = current.map { !$0.isDeleteMarker } ?? false
            guard !existed || exists else { throw conflict }
            guard let expected else {
                guard !exists else { throw .preconditionFailed("If-None-Match") }
                return
            }
            guard let current, exists else { throw missing }
            try call.requireBasis(current, as: .current)
            guard expected.matches(current.etag) else { throw .preconditionFailed("If-Match") }
        }
    }

    /// Returns `NotImplemented` with S3's usual message, and the reason in a separate element.
    private static func unsupported(_ headers: String, _ reason: String? = nil) -> S3Error {
        let reason = reason ?? "We don't accept the provided value of \(headers) header for this API"
        return S3Error(.notImplemented, details: [("Header", headers), ("additionalMessage", reason)])
    }
}
