package import CofferModel
import CofferSigning
import CofferSystem
import Synchronization

/// Signs requests to one service, sends them, and sends them again where that helps.
package final class Sender: Sendable {
    package let endpoint: Endpoint
    package let region: String
    package let credentials: CredentialsSource
    let service: String
    let options: S3Client.Options
    private let transport: any HTTPTransport
    /// By how much the service's clock is before ours, in milliseconds.
    private let clockSkew = Mutex<Int64>(0)

    /// A difference of clocks, in milliseconds, beyond which a refusal is put down to it; services allow 15 minutes, and
    /// 5 at the least.
    private static let tolerableSkew: Int64 = 4 * 60 * 1000

    package init(
        endpoint: Endpoint, region: String, credentials: CredentialsSource, service: String, options: S3Client.Options,
        transport: any HTTPTransport
    ) {
        self.endpoint = endpoint
        self.region = region
        self.credentials = credentials
        self.service = service
        self.options = options
        self.transport = transport
    }

    /// The same in another region: at Amazon's endpoint there, or at the one endpoint that there is.
    func moved(to region: String) -> Sender {
        Sender(
            endpoint: endpoint.moved(to: region), region: region, credentials: credentials, service: service,
            options: options,
            transport: transport)
    }

    /// A request that has everything but its signature.
    package struct Request: Sendable {
        var method: String
        var host: String
        var path: String
        var query: String
        var headers: [(name: String, value: String)]
        var body: HTTPRequestBody
        var sent: (@Sendable (Int64) -> Void)?
        /// The value of `x-amz-content-sha256`.
        var payloadHash: String

        /// Whether it writes if something is so, which it may make otherwise itself.
        var isConditionalWrite: Bool {
            !["GET", "HEAD"].contains(method) && headers.contains { ["if-match", "if-none-match"].contains($0.name) }
        }
    }

    package struct Answer: Sendable {
        package let head: HTTPResponseHead
        /// Empty where a sink took it.
        package let body: [UInt8]
    }

    /// The moment at the service.
    package var time: Timestamp {
        let now = options.clock.time
        return Timestamp(milliseconds: now.milliseconds + clockSkew.withLock { $0 })
    }

    /// Sends a request until it is answered for good.
    ///
    /// - Parameter mayFailLate: an answer of status 200 may hold an error, since it was begun before the end was known.
    /// - Throws: `S3Error`, ``TransportError``, `CancellationError`, and what the sink and the credentials throw.
    package func send(
        _ request: Request, to sink: (any BodySink)? = nil, mayFailLate: Bool = false
    ) async throws -> Answer {
        var attempt = 1
        var hasSetClock = false
        var lostAnswer: TransportError?
        while true {
            do {
                return try await sendOnce(request, to: sink, mayFailLate: mayFailLate)
            } catch let error as S3Error {
                if !hasSetClock, setClock(after: error) {
                    hasSetClock = true
                    continue
                }
                if error.code.status == 412, let lostAnswer, request.isConditionalWrite {
                    throw lostAnswer.afterwards("sent again, the request was refused since its condition does not hold")
                }
                guard error.isPassing, attempt < options.retries.attemptCount else { throw error }
                try await options.retries.pause(after: attempt, isThrottled: error.isThrottling)
            } catch let error as TransportError {
                guard error.isPassing, sink?.canBeginAgain != false, attempt < options.retries.attemptCount else {
                    throw error
                }
                if error.kind != .cannotConnect { lostAnswer = error }
                try await options.retries.pause(after: attempt, isThrottled: false)
            }
            attempt += 1
        }
    }

    private func sendOnce(_ request: Request, to sink: (any BodySink)?, mayFailLate: Bool) async throws -> Answer {
        try Task.checkCancellation()
        let signed = sign(request, by: try await credentials.load())
        try checkLines(signed.headers)
        let query = signed.query.isEmpty ? "" : "?" + signed.query
        let receiver = AnswerReceiver(sink)
        let head = try await transport.send(
            HTTPRequest(
                method: signed.method,
                url: (endpoint.isSecure ? "https://" : "http://") + request.host + signed.path + query,
                headers: signed.headers, body: request.body, sent: request.sent),
            to: receiver)
        guard (200..<300).contains(head.status), !mayFailLate || S3Error.element(receiver.bytes) == nil else {
            // An error in an answer that began well is the service's own, whatever the status of its beginning.
            let status = head.status < 300 ? 500 : head.status
            throw S3Error(HTTPResponseHead(status: status, headers: head.headers), receiver.bytes)
        }
        return Answer(head: head, body: receiver.bytes)
    }

    private func sign(_ request: Request, by credentials: S3Credentials?) -> SignableRequest {
        var signable = SignableRequest(
            method: request.method, path: request.path, query: request.query,
            headers: [("host", request.host)] + request.headers)
        guard let credentials else { return signable }
        if let token = credentials.sessionToken { signable.headers.append(("x-amz-security-token", token)) }
        return V4Signer(credentials: credentials.keys, region: region, service: service)
            .sign(signable, payloadHash: request.payloadHash, at: time)
    }

    /// Refuses what would end its line, and be read as a header of its own behind it.
    private func checkLines(_ headers: [(name: String, value: String)]) throws(ConfigurationError) {
        for header in headers {
            guard header.name.utf8.allSatisfy({ (33...126).contains($0) && $0 != UInt8(ascii: ":") }) else {
                throw ConfigurationError("a header field's name has characters that none can have")
            }
            guard !header.value.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) else {
                throw ConfigurationError("the header field '\(header.name)' has more than one line, or a NUL")
            }
        }
    }

    /// Takes over the service's clock if it may have refused the request for the time that it was signed with.
    ///
    /// - Returns: whether another try is worth it.
    private func setClock(after error: S3Error) -> Bool {
        guard [400, 403].contains(error.code.status),
            let date = error.headers.first(where: { $0.name == "date" })?.value, let there = Timestamp(parsing: date)
        else { return false }
        let skew = there.milliseconds - options.clock.milliseconds
        return clockSkew.withLock { current in
            guard abs(skew - current) > Self.tolerableSkew else { return false }
            current = skew
            return true
        }
    }

    // MARK: What is signed of the body

    /// Whether the signature is to cover a body: TLS protects it, and so does a way that does not leave the machine;
    /// over plain http the signature does.
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

    /// What is to be told of a body, computed elsewhere if it is long.
    func digest(of body: HTTPRequestBody, checksum: ChecksumAlgorithm?) async throws -> BodyDigest {
        let sha256 = signsPayload(of: body)
        if body.byteCount <= Self.documentByteCount, !body.isFile {
            return try BodyDigest.of(body, checksum: checksum, sha256: sha256)
        }
        return try await blocking { try BodyDigest.of(body, checksum: checksum, sha256: sha256) }
    }

    /// Bodies up to this length are signed always: it costs nothing to speak of.
    private static let documentByteCount = 16 << 10
}
