import CofferHTTP
import CofferModel
import CofferSigning

/// A request that is authorised and read, and whose operation waits for the body's end.
struct PreparedRequest<Operation: S3Operation>: Sendable {
    let body: RequestBody
    private let operation: Operation
    private let call: Authorized<Operation>

    /// - Parameter lengthRange: the sizes that the body may have, where its length is not told ahead.
    init(
        _ request: S3Request, by access: Access, lengthRange: PostPolicy.LengthRange? = nil, service: Service
    ) throws(S3Error) {
        call = try authorize(Operation.self, request, by: access, service: service)
        operation = try Operation(request)
        var requirements = try operation.bodyRequirements(call)
        requirements.lengthRange = lengthRange
        body = try RequestBody(
            Operation.body, request: request, authentication: access.authentication, requirements: requirements,
            mustNameChecksum: Operation.mustNameChecksum, service: service)
    }

    func perform() async throws(S3Error) -> HTTPResponse { try await operation.perform(call, body) }
}
