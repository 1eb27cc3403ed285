import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// Sets the retention of a version. A retention can always be extended. Only one in governance mode can be shortened or
/// change its mode, by a caller who may bypass it.
struct PutObjectRetention: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount, needsDigest: true)

    private let reference: ObjectReference
    private let bypassesGovernance: Bool

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        var permission = try request.permission(action)
        permission.isForSomeKey = true
        // An invalid id is reported where the operation reads it.
        permission.version = try? request.versionID()
        return [permission] + (try GovernanceBypass.permissions(for: request))
    }

    init(_ request: S3Request) throws(S3Error) {
        reference = try ObjectReference(request)
        bypassesGovernance = GovernanceBypass.isAsked(request)
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let clock = call.service.context.clock
        let retention = try Self.retention(try body.finish().document, at: clock.time)
        try await call.require(RequestFacts(lock: ObjectLock(retention: retention)))
        try LockHeaders.requireLock(call)
        let fields = try await reference.update(call) { object throws(S3Error) in
            var lock = ObjectLock(object.attributes.field)
            guard lock.allows(retention, at: clock.time, bypassesGovernance: bypassesGovernance) else {
                throw S3Error(.accessDenied, "Access Denied because object protected by object lock.")
            }
            lock.retention = retention
            return object.attributes.locked(lock)
        }
        return HTTPResponse(status: 200, headers: fields)
    }

    /// Reads the retention from a document; an empty one removes the retention.
    private static func retention(
        _ document: [UInt8], at time: Timestamp
    ) throws(S3Error) -> ObjectLock.Retention? {
        let root = try XMLElement.parse(document, root: "Retention")
        for name in ["EventHold", "EventHoldDuration"] where root[name] != nil {
            throw S3Error(.notImplemented, "\(name) of a Retention is not implemented")
        }
        try root.rejectUnknownChildren(["Mode", "RetainUntilDate"])
        guard !root.children.isEmpty else { return nil }
        guard let mode = root["Mode"].map(\.text).flatMap(ObjectLock.Mode.init),
            let until = root["RetainUntilDate"].flatMap({ Timestamp(parsing: $0.text) })
        else { throw S3Error(.malformedXML) }
        guard until > time else {
            throw .invalidArgument(
                "The retain until date must be in the future!", name: "RetainUntilDate", value: until.iso8601)
        }
        return ObjectLock.Retention(mode: mode, until: until)
    }
}

extension StoredAttributes {
    /// Returns the same attributes with another lock.
    func locked(_ lock: ObjectLock) -> StoredAttributes {
        var attributes = self
        attributes.fields = fields.filter { !ObjectLock.fields.contains($0.name) } + lock.headerFields
        return attributes
    }
}
