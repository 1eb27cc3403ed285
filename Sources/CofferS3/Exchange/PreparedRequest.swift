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

    /// - Parameters:
    ///   - state: the bucket that the request's target names, if it exists.
    ///   - lengthRange: the permitted body sizes, where the length is not declared in advance.
    init(
        _ request: S3Request, by access: Access, in state: BucketState?,
        lengthRange: PostPolicy.LengthRange? = nil, service: Service
    ) async throws(S3Error) {
        call = try await authorize(Operation.self, request, by: access, in: state, service: service)
        var operation = try Operation(request)
        var requirements = try await operation.prepare(call)
        requirements.lengthRange = lengthRange
        body = try Self.makeBody(call, requirements)
        self.operation = operation
    }

    // Not inlined: what it needs would make the frame of the initializer longer than the blocks of memory that a task has.
    @inline(never)
    private static func makeBody(
        _ call: Authorized<Operation>, _ requirements: BodyRequirements
    ) throws(S3Error) -> RequestBody {
        try RequestBody(
            Operation.body, request: call.request, authentication: call.access.authentication,
            requirements: requirements, mustNameChecksum: Operation.mustNameChecksum, service: call.service)
    }

    func perform() async throws(S3Error) -> HTTPResponse {
        await body.complete()
        return try await operation.perform(call, body)
    }
}
