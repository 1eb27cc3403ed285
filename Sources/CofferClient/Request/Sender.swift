package import CofferModel
import CofferSigning
import CofferSystem
import Synchronization

/// A sender that signs requests to one service, sends them, and retries them where that helps.
package final class Sender: Sendable {
    package let endpoint: Endpoint
    package let region: String
    package let credentials: CredentialsSource
    let service: String
    let options: ClientOptions
    private let transport: any HTTPTransport
    /// How far the service's clock is ahead of ours, in milliseconds.
    private let clockSkew = Mutex<Int64>(0)

    /// The clock difference, in milliseconds, beyond which a refusal is attributed to it; services allow 15 minutes,
    /// and at least 5.
    private static let tolerableSkew: Int64 = 4 * 60 * 1000

    package init(
        endpoint: Endpoint, region: String, credentials: CredentialsSource, service: String, options: ClientOptions,
        transport: any HTTPTransport
    ) {
        self.endpoint = endpoint
        self.region = region
        self.credentials = credentials
        self.service = service
        self.options = options
        self.transport = transport
    }

    /// Returns the same sender for another region: at Amazon's endpoint there, or at the service's only endpoint.
    func moved(to region: String) -> Sender {
        Sender(
            endpoint: endpoint.moved(to: region), region: region, credentials: credentials, service: service,
            options: options,
            transport: transport)
    }

    /// A request that is complete except for its signature.
    package struct Request: Sendable {
        var method: String
        var host: String
        var path: String
        var query: String
        var headers: HeaderFields
        var body: HTTPRequestBody
        var sent: (@Sendable (Int64) -> Void)?
        /// The value of `x-amz-content-sha256`.
        var payloadHash: String

        /// Whether the request writes on a condition, which its own first attempt may have made false.
        var isConditionalWrite: Bool {
            !["GET", "HEAD"].contains(method) && headers.contains { ["if-match", "if-none-match"].contains($0.name) }
        }
    }

    package struct Response: Sendable {
        package let head: HTTPResponseHead
        /// Empty if a sink received it.
        package let body: [UInt8]
    }

    /// The current time at the service.
    package var time: Timestamp {
        let now = options.clock.time
        return Timestamp(milliseconds: now.milliseconds + clockSkew.withLock { $0 })
    }

    /// Sends a request until its response is final.
    ///
    /// - Parameter mayFailLate: whether a response with status 200 may contain an error, because it began before the
    ///   outcome was known.
    /// - Throws: `S3Error`, ``TransportError``, `CancellationError`, and the errors of the sink, the credentials and the
    ///   hook.
    package func send(
        _ request: Request, to sink: (any BodySink)? = nil, mayFailLate: Bool = false
    ) async throws -> Response {
        var attempt = 1
        var hasSetClock = false
        var lostResponse: TransportError?
        let exchange = Exchange(request: request, sink: sink, mayFailLate: mayFailLate, hook: options.hook)
        while true {
            try Task.checkCancellation()
            // Their sources have retries of their own.
            let credentials = try await credentials.load()
            do {
                return try await send(exchange, hasSetClock ? attempt + 1 : attempt, credentials)
            } catch let error as S3Error {
                if !hasSetClock, setClock(after: error) {
                    hasSetClock = true
                    continue
                }
                if error.code.status == 412, let lostResponse, request.isConditionalWrite {
                    throw lostResponse.afterwards(
                        "sent again, the request was refused since its condition does not hold")
                }
                guard error.isPassing, attempt < options.retries.attemptCount else { throw error }
                try await options.retries.pause(after: attempt, isThrottled: error.isThrottling)
            } catch let error as TransportError {
                guard error.isPassing, sink?.canBeginAgain != false, attempt < options.retries.attemptCount else {
                    throw error
                }
                if error.kind != .cannotConnect { lostResponse = error }
                try await options.retries.pause(after: attempt, isThrottled: false)
            }
            attempt += 1
        }
    }

    func sendOnce(_ exchange: Exchange, _ credentials: S3Credentials?) async throws -> Response {
        let request = exchange.request
        let signed = sign(request, by: credentials)
        try checkLines(signed.headers)
        let receiver = ResponseReceiver(exchange.sink)
        let head = try await transport.send(
            HTTPRequest(
                method: signed.method, url: url(request.host, signed.path, signed.query),
                headers: HeaderFields(signed.headers), body: request.body, sent: request.sent),
            to: receiver)
        let isSuccess = (200..<300).contains(head.status)
        guard isSuccess, !exchange.mayFailLate || S3Error.element(receiver.bytes) == nil else {
            // An error in a response that began successfully is the service's own, whatever status it began with.
            let status = head.status < 300 ? 500 : head.status
            throw S3Error(HTTPResponseHead(status: status, headers: head.headers), receiver.bytes)
        }
        return Response(head: head, body: receiver.bytes)
    }

    func url(_ host: String, _ path: String, _ query: String) -> String {
        (endpoint.isSecure ? "https://" : "http://") + host + path + (query.isEmpty ? "" : "?" + query)
    }

    private func sign(_ request: Request, by credentials: S3Credentials?) -> SignableRequest {
        var signable = SignableRequest(
            method: request.method, path: request.path, query: request.query,
            headers: [("host", request.host)] + request.headers.pairs)
        guard let credentials else { return signable }
        if let token = credentials.sessionToken { signable.headers.append(("x-amz-security-token", token)) }
        return V4Signer(credentials: credentials.keys, region: region, service: service)
            .sign(signable, payloadHash: request.payloadHash, at: time)
    }

    /// Refuses header values that would end their line, so that the rest is read as a separate header.
    private func checkLines(_ headers: [(name: String, value: String)]) throws(ConfigurationError) {
        for header in headers {
            guard header.name.utf8.allSatisfy({ (33...126).contains($0) && $0 != UInt8(ascii: ":") }) else {
                throw ConfigurationError("the name of a header field has a character that is not allowed in names")
            }
            guard !header.value.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) else {
                throw ConfigurationError("the header field '\(header.name)' must not have a line break or a NUL")
            }
        }
    }

    /// Adopts the service's clock if the service may have refused the request because of its signing time.
    ///
    /// - Returns: whether to try again.
    private func setClock(after error: S3Error) -> Bool {
        guard [400, 403].contains(error.code.status),
            let date = error.headers["date"], let there = Timestamp(parsing: date)
        else { return false }
        let skew = there.milliseconds - options.clock.milliseconds
        return clockSkew.withLock { current in
            guard abs(skew - current) > Self.tolerableSkew else { return false }
            current = skew
            return true
        }
    }

    // MARK: What is signed of the body

    /// Whether the signature must cover a body: TLS protects it, and so does a connection that stays on this machine;
    /// over plain HTTP to other machines the signature does.
    func signsPayload(of body: HTTPRequestBody) -> Bool {
        switch options.payloadSigning {
        case .always: true
        case .automatic: !endpoint.isSecure && !endpoint.isLoopback || body.byteCount <= Self.documentByteCount
        }
    }

    /// The value of `x-amz-content-sha256` for a body.
    func payloadHash(of body: HTTPRequestBody) async throws -> String {
        guard signsPayload(of: body) else { return "UNSIGNED-PAYLOAD" }
        let digest = try await digest(of: body, checksum: nil)
        return digest.sha256 ?? "UNSIGNED-PAYLOAD"
    }

    /// Returns the digests of a body, computed on another thread if it is long.
    func digest(of body: HTTPRequestBody, checksum: ChecksumAlgorithm?) async throws -> BodyDigest {
        let sha256 = signsPayload(of: body)
        if body.byteCount <= Self.documentByteCount, !body.isFile {
            return try BodyDigest.of(body, checksum: checksum, sha256: sha256)
        }
        return try await blocking { try BodyDigest.of(body, checksum: checksum, sha256: sha256) }
    }

    /// Bodies up to this length are always signed: the cost is negligible.
    private static let documentByteCount = 16 << 10
}
