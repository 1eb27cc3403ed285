import CofferAccess
import CofferHTTP
import CofferModel
import CofferSigning
import CofferStorage

/// One S3 request: route → authenticate → authorise → decode → perform → encode → record.
///
/// `@unchecked Sendable`: the HTTP server's calls follow one another (see ``HTTPExchange``).
final class S3Exchange: HTTPExchange, @unchecked Sendable {
    private let service: Service
    private let head: HTTPRequestHead
    private let id = RequestID()
    private var record: AccessRecord
    private var cors = CORSHeaders.none
    /// The bucket that the request is about, as soon as it is known.
    private var bucket: BucketName?
    private var level: ResourceLevel?
    private var outcome: Outcome
    private var body: (any RequestSink)?
    private var mayTakeLong = false
    private var isOfControl = false
    private(set) var receivesDocument = true

    private enum Outcome {
        case refused(HTTPResponse)
        case ready(@Sendable () async throws(S3Error) -> HTTPResponse)
    }

    init(_ head: HTTPRequestHead, service: Service) {
        self.head = head
        self.service = service
        record = AccessRecord(id: id, head: head, clock: service.clock)
        outcome = .refused(HTTPResponse(status: 500))
        do throws(S3Error) {
            outcome = try begin()
        } catch {
            if level == nil { lookForBucket() }
            outcome = .refused(encode(error))
        }
    }

    /// For a refusal of what cannot be read: a page of another origin is to see it all the same.
    private func lookForBucket() {
        guard S3Target.controlPath(of: head) == nil else { return }
        bucket = S3Target.bucket(of: head, service.addressing)
        // What cannot be looked up says nothing of origins.
        cors = (try? CORSHeaders(head, bucket: bucket, service: service)) ?? .none
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
    var keepAliveBody: KeepAliveBody? {
        guard case .ready = outcome, mayTakeLong else { return nil }
        let head = complete(.xml([]))
        return .xml(after: service.keepAliveSeconds, headers: head.headers)
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
            record.refuse(S3Error(.requestTimeout), head)
            record.status = S3Error.Code.requestTimeout.status
        }
        record.status = record.status ?? refusal?.status
        body?.note(in: &record)
        record.isAborted = outcome != .sent
        record.end()
        service.metrics.count(record)
        service.log.access(record)
    }

    // MARK: The way of a request

    private func begin() throws(S3Error) -> Outcome {
        try RequestLimits.check(head)
        let request = try S3Request(
            id: id, time: record.time, head: head, addressing: service.addressing,
            accounts: service.identities.accounts)
        isOfControl = request.target.controlPath != nil
        record.bucket = request.target.bucket
        record.key = request.target.keyBytes
        bucket = request.validBucketName
        level = request.level
        if head.method == "OPTIONS" { return .refused(complete(try preflight(request))) }
        cors = try CORSHeaders(head, bucket: bucket, service: service)
        try refuseControlWithoutAccount(request)

        let route = try Router.route(request)
        record.operation = route.name
        let authentication = try service.authentication(of: request)
        let access = Access(
            identity: try service.identities.identity(of: authentication, for: "s3"), authentication: authentication,
            request: request)
        record.note(access.identity)
        return try prepare(route.operation, request, access)
    }

    /// A request of S3 Control that does not tell the account looks like one about a key, and is that only where there is
    /// such a bucket.
    private func refuseControlWithoutAccount(_ request: S3Request) throws(S3Error) {
        guard request.target.resemblesControl, try service.buckets.state(of: request.bucketName()) == nil else {
            return
        }
        isOfControl = true
        throw S3Error(.invalidRequest, "Missing required header for this request: \(AccountHeader.name)")
    }

    private func prepare<Operation: S3Operation>(
        _ type: Operation.Type, _ request: S3Request, _ access: Access
    ) throws(S3Error) -> Outcome {
        mayTakeLong = type.mayTakeLong
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
        if let region = region(for: response) { response.headers.append((Self.regionField, region)) }
        return response
    }

    private static let regionField = "x-amz-bucket-region"

    /// The region of the bucket that the request is about, for an answer about the bucket itself, and for every refusal,
    /// whoever asked: SDKs learn from it where to go.
    private func region(for response: HTTPResponse) -> String? {
        guard level == .bucket || response.status >= 300, let bucket,
            !response.headers.contains(where: { $0.name == Self.regionField })
        else { return nil }
        // An answer does not fail for want of its bucket's region.
        return (try? service.buckets.state(of: bucket))?.bucket.region
    }

    /// A HEAD has no body that could name the right region of a wrong signature: SDKs follow a redirection to it.
    private func redirected(_ error: S3Error) -> S3Error {
        let codes: [S3Error.Code] = [.authorizationHeaderMalformed, .authorizationQueryParametersError]
        guard head.method == "HEAD", codes.contains(error.code), error.details.contains(where: { $0.name == "Region" }),
            let bucket,
            // Where it cannot be looked up, the error stays what it is.
            (try? service.buckets.state(of: bucket)) != nil
        else { return error }
        return S3Error(.permanentRedirect)
    }

    private func encode(_ error: S3Error) -> HTTPResponse {
        let error = redirected(error)
        record.refuse(error, head)
        if let cause = error.cause { service.log.error("\(id) \(record.operation): \(cause)") }
        return complete(response(to: error))
    }

    private func response(to error: S3Error) -> HTTPResponse {
        HTTPResponse(error, id: id, isHead: head.method == "HEAD", isOfControl: isOfControl)
    }
}

/// Limits of a request's head.
enum RequestLimits {
    /// Header fields, names and values together (S3 User Guide, "Working with object metadata"; S3 API Reference, "Error
    /// responses").
    static let headerByteCount = 8 << 10
    /// The same with fields that AWS's endpoints do not see in such a size: the cookies of all that a browser found on
    /// localhost, and tokens of temporary credentials, which AWS packs more densely.
    static let wholeHeaderByteCount = 16 << 10
    private static let uncountedFields: Set = ["cookie", "x-amz-security-token"]
    /// Header fields; the rules of signatures compare each with each.
    static let headerCount = 256
    /// A key of 1,024 bytes, every one encoded, and a presigned query fit in it.
    static let targetByteCount = 8 << 10

    /// - Throws: `SlowDown`, `RequestHeaderSectionTooLarge`, or `BadRequest` for what HTTP itself forbids.
    ///
    /// - Parameter limit: of the header fields, but for those that are not counted.
    static func check(_ head: HTTPRequestHead, headerByteCount limit: Int = RequestLimits.headerByteCount)
        throws(S3Error)
    {
        guard !head.isOverLimit else { throw S3Error(.slowDown) }
        guard head.target.utf8.count <= targetByteCount else {
            throw S3Error(.requestHeaderSectionTooLarge, "The request's target is too long")
        }
        guard isSmall(head.headers, limit), head.headers.fields.count <= headerCount else {
            throw S3Error(.requestHeaderSectionTooLarge, details: [("MaxSizeAllowed", String(limit))])
        }
        if let fault = head.fault { throw S3Error(.badRequest, fault) }
    }

    private static func isSmall(_ headers: HTTPHeaders, _ limit: Int) -> Bool {
        let byteCount = headers.byteCount
        if byteCount <= limit { return true }
        guard byteCount <= wholeHeaderByteCount else { return false }
        return HTTPHeaders(headers.fields.filter { !uncountedFields.contains($0.name) }).byteCount <= limit
    }
}
