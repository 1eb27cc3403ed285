import CofferAccess
import CofferHTTP
import CofferModel
import CofferSigning

/// One S3 request: route → authenticate → authorise → decode → perform → encode → record.
///
/// `@unchecked Sendable`: the HTTP server's calls follow one another (see ``HTTPExchange``).
final class S3Exchange: HTTPExchange, @unchecked Sendable {
    private let service: Service
    private let head: HTTPRequestHead
    private let id = RequestID()
    private let start = ContinuousClock.now
    private var record: AccessRecord
    private var cors = CORSHeaders.none
    private var outcome: Outcome
    private var body: (any RequestSink)?
    private var mayBeLate = false
    private(set) var receivesDocument = true

    private enum Outcome {
        case refused(HTTPResponse)
        case ready(@Sendable () async throws(S3Error) -> HTTPResponse)
    }

    init(_ head: HTTPRequestHead, service: Service) {
        self.head = head
        self.service = service
        record = AccessRecord(id: id, head: head)
        outcome = .refused(HTTPResponse(status: 500))
        do throws(S3Error) {
            outcome = try begin()
        } catch {
            outcome = .refused(encode(error))
        }
    }

    // MARK: The HTTP server's calls

    var refusal: HTTPResponse? {
        if case .refused(let response) = outcome { response } else { nil }
    }

    func receive(_ bytes: Span<UInt8>) {
        guard let body else { return }
        body.receive(bytes)
        if let fault = body.fault { outcome = .refused(encode(fault)) }
    }

    /// The record tells the response's own status all the same.
    var lateAnswer: LateAnswer? {
        guard case .ready = outcome, mayBeLate else { return nil }
        let head = complete(.xml([]))
        return .xml(after: service.lateAnswerSeconds, headers: head.headers)
    }

    var stalledAnswer: HTTPResponse? { complete(response(to: S3Error(.requestTimeout))) }

    func respond() async -> HTTPResponse {
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
        record.answer(response)
        return response
    }

    func finished(_ outcome: HTTPOutcome) {
        if outcome == .stalled {
            record.refuse(S3Error(.requestTimeout))
            record.status = S3Error.Code.requestTimeout.status
        }
        record.status = record.status ?? refusal?.status
        body?.note(in: &record)
        record.isAborted = outcome != .sent
        record.duration = start.duration(to: .now)
        service.metrics.count(record)
        service.log.access(record)
    }

    // MARK: The way of a request

    private func begin() throws(S3Error) -> Outcome {
        try RequestLimits.check(head)
        let request = try S3Request(
            id: id, head: head, addressing: service.addressing, accounts: service.identities.accounts)
        record.bucket = request.target.bucket
        record.key = request.target.keyBytes
        if head.method == "OPTIONS" { return .refused(complete(try preflight(request))) }
        cors = try CORSHeaders(request, service: service)

        let route = try Router.route(request)
        record.operation = route.name
        let authentication = try service.verifier.verify(request.signable)
        let access = Access(
            identity: try service.identities.identity(of: authentication, for: "s3"), authentication: authentication,
            request: request)
        record.note(access.identity)
        guard let operation = route.operation else {
            guard !access.isAnonymous else {
                throw S3Error(.accessDenied).because("\(route.name) is not implemented", isTold: false)
            }
            throw S3Error(
                .notImplemented, "\(route.name) is not implemented", details: [("Operation", route.name)])
        }
        return try prepare(operation, request, access)
    }

    private func prepare<Operation: S3Operation>(
        _ type: Operation.Type, _ request: S3Request, _ access: Access
    ) throws(S3Error) -> Outcome {
        mayBeLate = type.mayBeLate
        receivesDocument = type.body.isHeldInMemory
        if case .form = type.body {
            let form = try FormBody<Operation>(request, access, service: service)
            body = form
            return .ready { () async throws(S3Error) in try await form.perform() }
        }
        let prepared = try PreparedRequest<Operation>(request, by: access, service: service)
        body = prepared.body
        return .ready { () async throws(S3Error) in try await prepared.perform() }
    }

    private func preflight(_ request: S3Request) throws(S3Error) -> HTTPResponse {
        record.operation = "Preflight"
        return try CORSHeaders.preflight(request, service: service)
    }

    // MARK: Answers

    /// Adds what stands on every answer.
    private func complete(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        response.headers += [
            ("x-amz-request-id", id.description), ("x-amz-id-2", id.extended), ("Server", "Coffer"),
        ]
        response.headers += cors.fields
        return response
    }

    private func encode(_ error: S3Error) -> HTTPResponse {
        record.refuse(error)
        if let cause = error.cause { service.log.error("\(id) \(record.operation): \(cause)") }
        return complete(response(to: error))
    }

    private func response(to error: S3Error) -> HTTPResponse {
        HTTPResponse(error, id: id, isHead: head.method == "HEAD", isOfControl: S3Target.controlPath(of: head) != nil)
    }
}

/// Limits of a request's head.
enum RequestLimits {
    /// Header fields, names and values together. AWS takes 8 KiB; browsers' cookies on localhost may need more.
    static let headerByteCount = 16 << 10
    /// Header fields; the rules of signatures compare each with each.
    static let headerCount = 256
    /// A key of 1,024 bytes, every one encoded, and a presigned query fit in it.
    static let targetByteCount = 8 << 10

    /// - Throws: `SlowDown`, `RequestHeaderSectionTooLarge`, or `BadRequest` for what HTTP itself forbids.
    static func check(_ head: HTTPRequestHead) throws(S3Error) {
        guard !head.isOverLimit else { throw S3Error(.slowDown) }
        guard head.target.utf8.count <= targetByteCount else {
            throw S3Error(.requestHeaderSectionTooLarge, "The request's target is too long")
        }
        guard head.headers.byteCount <= headerByteCount, head.headers.fields.count <= headerCount else {
            throw S3Error(
                .requestHeaderSectionTooLarge, details: [("MaxSizeAllowed", String(headerByteCount))])
        }
        if let fault = head.fault { throw S3Error(.badRequest, fault) }
    }
}
