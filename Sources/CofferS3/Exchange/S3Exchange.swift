import CofferAccess
package import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// One S3 request: route → authenticate → authorize → decode → perform → encode → record.
///
/// `@unchecked Sendable`: the HTTP server's calls never overlap (see `HTTPExchange`).
package final class S3Exchange: HTTPExchange, @unchecked Sendable {
    private let service: Service
    private let frame: RequestFrame
    private var cors = CORSHeaders.none
    /// The bucket that the request is about, as soon as it is known; nil if it does not exist.
    private var state: BucketState?
    private var level: ResourceLevel?
    private var outcome: Outcome
    private var body: (any RequestSink)?
    private var mayTakeLong = false
    private var isOfControl = false
    package private(set) var receivesDocument = true

    private enum Outcome {
        case refused(HTTPResponse)
        case ready(@Sendable () async throws(S3Error) -> HTTPResponse)
    }

    private init(_ head: HTTPRequestHead, service: Service) {
        self.service = service
        frame = RequestFrame(head, .s3, service.context)
        outcome = .refused(HTTPResponse(status: 500))
    }

    /// Begins a request whose head is complete.
    package static func begin(_ head: HTTPRequestHead, service: Service) async -> S3Exchange {
        let exchange = S3Exchange(head, service: service)
        do throws(S3Error) {
            exchange.outcome = try await exchange.begin()
        } catch {
            if exchange.level == nil { await exchange.lookForBucket() }
            exchange.outcome = .refused(exchange.encode(error))
        }
        return exchange
    }

    private var head: HTTPRequestHead { frame.head }

    /// Finds the bucket for the refusal of a request that cannot be parsed, because a page of another origin should see
    /// the refusal too.
    @inline(never)
    private func lookForBucket() async {
        guard S3Target.controlPath(of: head) == nil,
            let name = S3Target.bucket(of: head, service.context.addressing)
        else { return }
        // If the bucket cannot be looked up, the response has no cross-origin fields.
        state = try? await service.buckets.state(of: name)
        cors = CORSHeaders(head, in: state)
    }

    // MARK: The HTTP server's calls

    package var refusal: HTTPResponse? {
        if case .refused(let response) = outcome { response } else { nil }
    }

    package func receive(_ bytes: Span<UInt8>) {
        guard let body else { return }
        body.receive(bytes)
        if let fault = body.fault { outcome = .refused(encode(fault)) }
    }

    package var needsPreparation: Bool { body?.needsPreparation == true }

    package func prepare() async {
        await body?.prepare()
        if let fault = body?.fault { outcome = .refused(encode(fault)) }
    }

    /// The access record still has the status of the final response.
    package var keepAliveBody: KeepAliveBody? {
        guard case .ready = outcome, mayTakeLong else { return nil }
        let head = complete(.xml([]))
        return .xml(after: service.keepAliveSeconds, headers: head.headers)
    }

    package var stalledAnswer: HTTPResponse? { complete(response(to: RequestFrame.stalled)) }

    package func respond() async -> HTTPResponse {
        let response: HTTPResponse
        switch outcome {
        case .refused(let refusal): response = refusal
        case .ready(let perform):
            do throws(S3Error) {
                response = complete(try await perform())
            } catch {
                response = encode(error)
            }
        }
        frame.record.answer(response)
        return response
    }

    package func finished(_ outcome: HTTPOutcome) {
        body?.note(in: frame.record)
        frame.finish(outcome, refusedWith: refusal?.status)
    }

    // MARK: Request processing

    private func begin() async throws(S3Error) -> Outcome {
        try RequestLimits.check(head)
        let request = try S3Request(
            id: frame.id, time: frame.record.time, head: head, addressing: service.context.addressing,
            accounts: service.iam.identities.accounts)
        isOfControl = request.target.controlPath != nil
        frame.record.bucket = request.target.bucket
        frame.record.key = request.target.keyBytes
        level = request.level
        if let name = request.validBucketName { state = try await service.buckets.state(of: name) }
        if head.method == "OPTIONS" { return .refused(complete(try preflight(request))) }
        cors = CORSHeaders(head, in: state)
        try refuseControlWithoutAccount(request)

        let route = try Router.route(request)
        frame.record.operation = route.name
        try await service.iam.identities.refresh()
        return try await prepare(route.operation, request, try authenticate(request))
    }

    // Not inlined: what it needs would be kept while the caller waits.
    @inline(never)
    private func authenticate(_ request: S3Request) throws(S3Error) -> Access {
        let authentication = try service.authentication(of: request, in: state)
        let access = Access(
            identity: try service.iam.identities.identity(of: authentication, for: "s3"),
            authentication: authentication,
            request: request)
        frame.record.note(access.identity)
        return access
    }

    /// Refuses an S3 Control request without an account. It looks like a request about a key, and is treated as one
    /// only if the bucket exists.
    private func refuseControlWithoutAccount(_ request: S3Request) throws(S3Error) {
        guard request.target.resemblesControl else { return }
        _ = try request.bucketName()
        guard state == nil else { return }
        isOfControl = true
        throw S3Error(.invalidRequest, "Missing required header for this request: \(AccountHeader.name)")
    }

    private func prepare<Operation: S3Operation>(
        _ type: Operation.Type, _ request: S3Request, _ access: Access
    ) async throws(S3Error) -> Outcome {
        mayTakeLong = type.mayTakeLong
        receivesDocument = type.body.isHeldInMemory
        if case .form = type.body {
            let form = try FormBody<Operation>(request, access, in: state, service: service)
            body = form
            return .ready { () async throws(S3Error) in try await form.perform() }
        }
        let prepared = try await PreparedRequest<Operation>(request, by: access, in: state, service: service)
        body = prepared.body
        return .ready { () async throws(S3Error) in try await prepared.perform() }
    }

    private func preflight(_ request: S3Request) throws(S3Error) -> HTTPResponse {
        frame.record.operation = "Preflight"
        return try CORSHeaders.preflight(request, in: state)
    }

    // MARK: Responses

    /// Adds the header fields that every response has.
    private func complete(_ response: consuming HTTPResponse) -> HTTPResponse {
        var response = frame.complete(response)
        response.headers += cors.fields
        if let region = region(for: response) { response.headers.append((Self.regionField, region)) }
        return response
    }

    private static let regionField = "x-amz-bucket-region"

    /// Returns the region of the bucket that the request is about, for a response about the bucket itself and for every
    /// refusal, whoever the caller is: SDKs learn from it where to send requests.
    private func region(for response: HTTPResponse) -> String? {
        guard level == .bucket || response.status >= 300, let state,
            !response.headers.contains(where: { $0.name == Self.regionField })
        else { return nil }
        return state.bucket.region
    }

    /// Returns the error to send. The response to a HEAD has no body that could name the correct region after a
    /// signature for the wrong one, so it is a redirection, which SDKs follow.
    private func redirected(_ error: S3Error) -> S3Error {
        let codes: [S3Error.Code] = [.authorizationHeaderMalformed, .authorizationQueryParametersError]
        guard head.method == "HEAD", codes.contains(error.code), error.details.contains(where: { $0.name == "Region" }),
            state != nil
        else { return error }
        return S3Error(.permanentRedirect)
    }

    private func encode(_ error: S3Error) -> HTTPResponse {
        let error = redirected(error)
        frame.refuse(error)
        return complete(response(to: error))
    }

    private func response(to error: S3Error) -> HTTPResponse {
        HTTPResponse(error, id: frame.id, isHead: head.method == "HEAD", isOfControl: isOfControl)
    }
}
