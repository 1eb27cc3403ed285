import CofferHTTP
import CofferModel
import CofferService

/// The lock that a request sets on the version that it writes.
///
/// Source: S3 API Reference, PutObject, `x-amz-object-lock-…`.
enum LockHeaders {
    /// - Returns: nil if the request leaves the lock to the bucket's default.
    /// - Throws: `InvalidArgument` for a mode or date that is malformed or given without the other, or a date that is
    ///   not in the future.
    static func lock(_ request: S3Request) throws(S3Error) -> ObjectLock? {
        let fields = request.headers.fields.filter { $0.name.hasPrefix("x-amz-object-lock-") }
        for field in fields where !ObjectLock.fields.contains(field.name) { throw .notImplemented(header: field.name) }
        guard !fields.isEmpty else { return nil }
        return ObjectLock(retention: try retention(request), legalHold: try legalHold(request))
    }

    /// Returns the fields of a version's lock that a read hides from callers without the permission to read them.
    static func hidden<Operation>(
        from call: Authorized<Operation>, _ object: ObjectReference
    ) async throws(S3Error) -> [String] {
        guard try call.state.locksVersions else { return [] }
        let fields = [
            ("s3:GetObjectRetention", [ObjectLock.modeField, ObjectLock.untilField]),
            ("s3:GetObjectLegalHold", [ObjectLock.legalHoldField]),
        ]
        var hidden: [String] = []
        for (action, names) in fields {
            guard try await !call.isAllowed(action, object.key, version: object.version) else { continue }
            hidden += names
        }
        return hidden
    }

    /// - Throws: `InvalidRequest` if versions cannot be locked.
    static func requireLock<Operation>(_ call: Authorized<Operation>) throws(S3Error) {
        guard try !call.state.locksVersions else { return }
        throw S3Error(.invalidRequest, "Bucket is missing Object Lock Configuration")
    }

    private static func retention(_ request: S3Request) throws(S3Error) -> ObjectLock.Retention? {
        let (modeField, untilField) = (ObjectLock.modeField, ObjectLock.untilField)
        switch (request.headers[modeField], request.headers[untilField]) {
        case (nil, nil): return nil
        case (let modeText?, let untilText?):
            guard let mode = ObjectLock.Mode(rawValue: modeText) else {
                throw .invalidArgument("Unknown wormMode directive.", name: modeField, value: modeText)
            }
            guard let until = Timestamp(parsing: untilText) else {
                throw .invalidArgument(
                    "The retain until date must be provided in ISO 8601 format", name: untilField, value: untilText)
            }
            guard until > request.time else {
                throw .invalidArgument(
                    "The retain until date must be in the future!", name: untilField, value: untilText)
            }
            return ObjectLock.Retention(mode: mode, until: until)
        case (let mode, _):
            throw .invalidArgument(
                "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
                name: mode == nil ? modeField : untilField, value: "null")
        }
    }

    private static func legalHold(_ request: S3Request) throws(S3Error) -> Bool? {
        guard let text = request.headers[ObjectLock.legalHoldField] else { return nil }
        guard ["ON", "OFF"].contains(text) else {
            throw .invalidArgument(
                "Legal Hold must be either of 'ON' or 'OFF'", name: ObjectLock.legalHoldField, value: text)
        }
        return text == "ON"
    }
}
