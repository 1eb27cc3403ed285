import CofferModel
import CofferSystem

/// One attempt to send a request, in the sight of the client's hook.
extension Sender {
    /// A request, and who receives its response.
    struct Exchange {
        var request: Request
        let sink: (any BodySink)?
        let mayFailLate: Bool
        let hook: (any RequestHook)?
        let number: UInt64

        init(request: Request, sink: (any BodySink)?, mayFailLate: Bool, hook: (any RequestHook)?) {
            self.request = request
            self.sink = sink
            self.mayFailLate = mayFailLate
            self.hook = hook
            number = hook == nil ? 0 : RequestAttempt.nextNumber()
        }
    }

    /// Sends a request once, in the hook's sight if there is one.
    func send(_ exchange: Exchange, _ number: Int, _ credentials: S3Credentials?) async throws -> Response {
        guard let hook = exchange.hook else { return try await sendOnce(exchange, credentials) }
        var exchange = exchange
        var attempt = attempt(number, of: exchange)
        try await hook.willSend(&attempt)
        exchange.request.headers = try fields(of: attempt, exchange.request)
        let watch = Stopwatch(options.clock)
        do {
            let answer = try await sendOnce(exchange, credentials)
            await hook.didFinish(attempt, AttemptOutcome(watch.elapsed, answer.head))
            return answer
        } catch {
            await hook.didFinish(attempt, AttemptOutcome(watch.elapsed, error))
            throw error
        }
    }

    private func attempt(_ number: Int, of exchange: Exchange) -> RequestAttempt {
        let request = exchange.request
        return RequestAttempt(
            requestNumber: exchange.number, number: number, service: service, region: region, method: request.method,
            url: url(request.host, request.path, request.query), bodyByteCount: request.body.byteCount,
            headers: HeaderFields(request.headers.filter { !ReservedFields.isSecret($0.name) }))
    }

    /// Returns the header fields that a hook has left, and those that it did not see.
    private func fields(of attempt: RequestAttempt, _ request: Request) throws(ConfigurationError) -> HeaderFields {
        for field in attempt.headers where ReservedFields.isOwn(field.name) || ReservedFields.isSecret(field.name) {
            throw ConfigurationError("a RequestHook must not set the header field '\(field.name)': the client sets it")
        }
        let seen = attempt.headers.map { (name: $0.name.lowercased(), value: $0.value) }
        return HeaderFields(seen) + HeaderFields(request.headers.filter { ReservedFields.isSecret($0.name) })
    }
}
