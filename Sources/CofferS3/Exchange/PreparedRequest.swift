import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferSigning

/// A request that was authorized and parsed, and whose operation waits for the end of the body.
struct PreparedRequest<Operation: S3Operation>: Sendable {
    let body: RequestBody
    private let operation: Operation
    private let call: Authorized<Operation>

    /// - Parameter lengthRange: the permitted body sizes, where the length is not declared in advance.
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
