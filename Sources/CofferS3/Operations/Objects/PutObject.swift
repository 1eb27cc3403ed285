import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Stores a body as the current object of a key, or appends it to the existing object.
struct PutObject: S3Operation {
    static let body = BodyKind.object
    static let mustNameChecksum = true

    private let key: ObjectKey
    private let settings: ObjectSettings
    private let conditions: WriteConditions
    private let append: AppendRequest?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        try ObjectSettings.permissions(for: request) + WriteConditions.permissions(for: request)
            + AppendRequest.permissions(for: request)
    }

    init(_ request: S3Request) throws(S3Error) {
        key = try request.key()
        settings = try ObjectSettings(request)
        try settings.checkDigest(request)
        conditions = try WriteConditions(request, key: key)
        append = try AppendRequest(request, key: key)
    }

    func bodyRequirements(_ call: Authorized<Self>) async throws(S3Error) -> BodyRequirements {
        try settings.check(call)
        try settings.checkDigest(call)
        var requirements = try await settings.bodyRequirements(call, conditions)
        try await append?.prepare(&requirements, call)
        return requirements
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let finished = try body.finish()
        if let append, let response = try await append.perform(finished, call) { return response }
        return HTTPResponse(status: 200, headers: try await settings.put(finished, call).fields)
    }
}

extension FinishedBody {
    /// The header fields of an object's checksum, as they are stored and returned.
    var checksumFields: [(name: String, value: String)] {
        checksum.map { StoredChecksum($0).fields } ?? []
    }
}

extension WrittenObject {
    /// `x-amz-version-id`, where the bucket's versions have ids.
    var versionFields: [(name: String, value: String)] {
        versioning == .enabled ? [("x-amz-version-id", record.version.description)] : []
    }
}
