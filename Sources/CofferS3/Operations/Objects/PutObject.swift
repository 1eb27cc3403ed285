import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Stores a body as the current object of a key, or appends it to the existing object.
struct PutObject: S3Operation {
    static let body = BodyKind.object
    static let mustNameChecksum = true

    private let settings: NewObjectSettings
    private var conditions: WritePreconditions
    private var append: AppendRequest?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        try NewObjectSettings.permissions(for: request) + WritePreconditions.permissions(for: request)
            + AppendRequest.permissions(for: request)
    }

    init(_ request: S3Request) throws(S3Error) {
        settings = try NewObjectSettings(request)
        try settings.checkDigest(request)
        conditions = try WritePreconditions(request, key: settings.key)
        append = try AppendRequest(request, key: settings.key)
    }

    mutating func prepare(_ call: Authorized<Self>) async throws(S3Error) -> BodyRequirements {
        var requirements = try ObjectWriter(settings, call).prepare()
        try await conditions.prepare(call)
        try await append?.prepare(&requirements, call)
        return requirements
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let finished = try body.finish()
        var condition = try await conditions.condition(call)
        if let append {
            let appending = append.condition(condition, call)
            if let response = try await append.perform(finished, if: appending, call) { return response }
            condition = appending
        }
        let stored = try await ObjectWriter(settings, call).store(finished, if: condition)
        return HTTPResponse(status: 200, headers: stored.fields)
    }
}
