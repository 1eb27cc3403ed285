import CMicrohttpd
import CofferSystem
import Glibc
import Synchronization

/// One request between libmicrohttpd and the handler.
///
/// Everything but ``answer`` is touched only by the event-loop thread of its connection, in callbacks that never
/// overlap, or after the last of them; ``answer`` is locked because the task that makes the response may end on another
/// thread. That is why `@unchecked Sendable` is safe.
final class RequestInFlight: @unchecked Sendable {
    private let target: String
    private let targetByteCount: Int
    private let connection: OpaquePointer
    private let server: ServerContext
    private let watched: ConnectionWatch.Connection?
    private var exchange: (any HTTPExchange)?
    /// The head, until the exchange has begun.
    private var head: HTTPRequestHead?
    private(set) var hasBegun = false
    private var isHeadUnderWay = true
    private var dropped: Int64 = 0
    private var isRefusedAtHead = false
    /// Whether the end of its body is ambiguous, so that nothing after it on the connection may be treated as a
    /// request.
    private var isLast = false
    private var hasStarted = false
    /// Whether the server counts it among the requests in progress; a stopped server accepts none.
    private var isTaken = false
    private let answer = Mutex(Answer.awaited)

    private enum Answer {
        case awaited
        case suspended
        /// Resumed without a response: the keep-alive body is to be sent, unless the response is ready first.
        case overdue(KeepAliveBody)
        /// The keep-alive body is being sent.
        case begun(KeepAliveStream)
        case ready(HTTPResponse)
        /// libmicrohttpd finished with the request before the response was made.
        case unwanted(HTTPOutcome)
    }

    private enum Step {
        case send(HTTPResponse)
        case begin(KeepAliveStream)
        case wait
    }

    /// - Parameter targetByteCount: the target's length up to its end, or to a NUL in it.
    init(target: String, targetByteCount: Int, connection: OpaquePointer, server: ServerContext) {
        self.target = target
        self.targetByteCount = targetByteCount
        self.connection = connection
        self.server = server
        watched = coffer_connection_context(connection).map {
            Unmanaged<ConnectionWatch.Connection>.fromOpaque($0).takeUnretainedValue()
        }
    }

    // MARK: Calls of the event loop

    /// Begins the exchange once the head is complete. Called again if the connection was suspended meanwhile.
    func begin(method: UnsafePointer<CChar>, version: UnsafePointer<CChar>) -> MHD_Result {
        if head == nil {
            headEnded()
            isTaken = watched?.isRefused != true && server.requestBegan()
            guard isTaken else { return .NO }
            let head = makeHead(method: method, version: version)
            isLast = head.endsConnection
            self.head = head
            guard runAwaited({ await self.begin(head) }) else { return .YES }
        }
        guard let head, let exchange else { return .NO }
        self.head = nil
        hasBegun = true
        return begun(exchange, head)
    }

    /// Begins the exchange, and makes the response as well if there is nothing more to receive and it may take its time:
    /// a second task would cost as much as a small lookup.
    private func begin(_ head: HTTPRequestHead) async {
        let exchange = await server.handler.begin(head)
        self.exchange = exchange
        guard !head.hasBody, exchange.keepAliveBody == nil else { return }
        hasStarted = true
        deliver(await exchange.respond())
    }

    /// Answers a refused request, and awaits the body of any other. A response sent now closes the connection, so only a
    /// refused body gets one.
    private func begun(_ exchange: any HTTPExchange, _ head: HTTPRequestHead) -> MHD_Result {
        guard head.hasBody else { return .YES }
        let refusal = exchange.refusal
        // Bytes that bypass libmicrohttpd bypass TLS as well.
        let isSecure = server.isSecure
        guard let refusal else {
            watched?.awaitBody(exchange.receivesDocument ? .document : .body) {
                isSecure ? [] : exchange.stalledAnswer?.lastBytes ?? []
            }
            return .YES
        }
        isRefusedAtHead = true
        guard server.limits.drainsBody(of: head) else {
            watched?.enter(.dropped)
            return send(refusal)
        }
        watched?.awaitBody(.dropped) { isSecure ? [] : refusal.lastBytes }
        return .YES
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> MHD_Result {
        guard let exchange, watched?.isStalled != true else { return .NO }
        watched?.received(bytes.count)
        if exchange.refusal == nil {
            exchange.receive(bytes.bindMemory(to: UInt8.self).span)
            if exchange.needsPreparation {
                _ = runAwaited(within: exchange.receivesDocument ? .document : .body) { await exchange.prepare() }
            }
            return .YES
        }
        // No response can be sent before the body's end: a short rest is read, a long one ends the connection.
        dropped += Int64(bytes.count)
        let limit = isRefusedAtHead ? server.limits.drainedByteCount : server.limits.drainedFaultByteCount
        return dropped <= limit ? .YES : .NO
    }

    /// Runs work, with the connection suspended if it is not done at once. The time that our own work takes does not
    /// count against the client.
    ///
    /// - Parameter phase: the phase of the body to which the connection returns; nil before the body.
    /// - Returns: whether it is done.
    private func runAwaited(
        within phase: ConnectionWatch.Connection.Phase? = nil, _ work: @escaping @Sendable () async -> Void
    ) -> Bool {
        AwaitedWork.run(
            for: connection, on: server.executor, onSuspend: { watched?.enter(.answer) },
            onResume: { [watched] in if let phase { watched?.enter(phase) } }, work)
    }

    /// Called when the body is complete, and again when a suspended connection is resumed.
    func bodyIsComplete() -> MHD_Result {
        guard let exchange else { return .NO }
        let keepAliveBody = hasStarted ? nil : exchange.keepAliveBody
        guard watched?.enterAnswer() != false else { return .NO }
        if !hasStarted {
            hasStarted = true
            server.executor.runInline { self.deliver(await exchange.respond()) }
        }
        switch answer.withLock({ nextStep(&$0) }) {
        case .send(let response): return send(response)
        case .begin(let body): return send(body)
        case .wait:
            if let keepAliveBody {
                SystemTime.after(seconds: keepAliveBody.seconds) { [weak self] in
                    self?.begin(keepAliveBody)
                }
            }
            return .YES
        }
    }

    private func nextStep(_ answer: inout Answer) -> Step {
        switch answer {
        case .ready(let response): return .send(response)
        case .overdue(let keepAliveBody):
            let body = KeepAliveStream(keepAliveBody)
            answer = .begun(body)
            return .begin(body)
        case .awaited, .suspended, .begun, .unwanted:
            answer = .suspended
            MHD_suspend_connection(connection)
            return .wait
        }
    }

    /// Responds to a complete head whose `Content-Length` libmicrohttpd is about to refuse: sends our response if the
    /// socket is not encrypted, and ends the connection so that nothing of libmicrohttpd's own response is sent.
    func refuseLength() {
        guard let watched else { return }
        let head = makeHead(method: "-", headers: fields(nil).headers)
        server.executor.runInline {
            let exchange = await self.server.handler.begin(head)
            guard let refusal = exchange.refusal else { return }
            watched.end(sending: self.server.isSecure ? [] : refusal.lastBytes)
            exchange.finished(.sent)
        }
    }

    private func headEnded() {
        if isHeadUnderWay { server.heads.ended(self) }
        isHeadUnderWay = false
    }

    func completed(_ outcome: HTTPOutcome) {
        headEnded()
        let outcome = watched?.isStalled == true && !isRefusedAtHead ? .stalled : outcome
        watched?.forgetRequest()
        watched?.enter(.head)
        let isAnswered = answer.withLock { answer in
            if case .ready = answer { return true }
            answer = .unwanted(outcome)
            return !hasStarted
        }
        if isAnswered { end(outcome) }
    }

    // MARK: Calls of other threads

    /// Delivers the response. Called by the task that made it, on any thread.
    private func deliver(_ response: HTTPResponse) {
        let before = answer.withLock { answer in
            defer { answer = .ready(response) }
            if case .suspended = answer { MHD_resume_connection(connection) }
            return answer
        }
        switch before {
        case .begun(let body): body.finish(response)
        case .unwanted(let outcome): end(outcome)
        default: break
        }
    }

    /// Starts the keep-alive body if the response is not ready in time.
    private func begin(_ keepAliveBody: KeepAliveBody) {
        answer.withLock { answer in
            guard case .suspended = answer else { return }
            answer = .overdue(keepAliveBody)
            MHD_resume_connection(connection)
        }
    }

    private func end(_ outcome: HTTPOutcome) {
        exchange?.finished(outcome)
        if isTaken { server.requestEnded() }
    }

    // MARK: Translation

    private func makeHead(method: UnsafePointer<CChar>, version: UnsafePointer<CChar>) -> HTTPRequestHead {
        let layout = HeadLayout(method: method, targetByteCount: targetByteCount, version: version)
        let fields = fields(layout)
        return makeHead(
            method: String(cString: method), headers: fields.headers,
            isUnambiguous: fields.layout?.isUnambiguous(byteCount: coffer_head_size(connection)) == true,
            mayLackHost: strcmp(version, "HTTP/1.0") == 0)
    }

    private func makeHead(
        method: String, headers: HTTPHeaders, isUnambiguous: Bool = true, mayLackHost: Bool = false
    ) -> HTTPRequestHead {
        HTTPRequestHead(
            method: method, target: target, headers: headers, remoteAddress: watched?.address ?? "-",
            isSecure: server.isSecure, tlsVersion: server.isSecure ? tlsVersion : nil,
            isOverLimit: watched?.isOverLimit ?? false, isUnambiguous: isUnambiguous, mayLackHost: mayLackHost)
    }

    private func fields(_ layout: HeadLayout?) -> (headers: HTTPHeaders, layout: HeadLayout?) {
        var fields = (headers: HTTPHeaders(), layout: layout)
        withUnsafeMutablePointer(to: &fields) { pointer in
            _ = MHD_get_connection_values(
                connection, .HEADER_KIND,
                { context, _, start, value in
                    guard let context, let start, let value else { return .YES }
                    let fields = context.assumingMemoryBound(to: (headers: HTTPHeaders, layout: HeadLayout?).self)
                    let name = lowercased(start)
                    fields.pointee.headers.append(name, text(value, of: name))
                    fields.pointee.layout?.add(name: start, value: value)
                    return .YES
                }, pointer)
        }
        return fields
    }

    /// Source: gnutls/gnutls.h, `gnutls_protocol_t`, whose 1 is SSL 3.0.
    private var tlsVersion: String? {
        let versions = [2: "1.0", 3: "1.1", 4: "1.2", 5: "1.3"]
        return versions[Int(coffer_tls_protocol(connection))]
    }

    private func send(_ response: HTTPResponse) -> MHD_Result {
        send(
            response.status, response.headers,
            response.body.makeResponse(for: connection, on: server.executor, isSecure: server.isSecure))
    }

    private func send(_ body: KeepAliveStream) -> MHD_Result {
        watched?.keepAliveStream = body
        return send(200, body.answer.headers, body.makeResponse(for: connection))
    }

    private func send(
        _ status: Int, _ headers: [(name: String, value: String)], _ response: OpaquePointer?
    ) -> MHD_Result {
        guard let response else { return .NO }
        defer { MHD_destroy_response(response) }
        for (name, value) in headers {
            let result = name.withCString { name in
                fieldValue(value).withCString { MHD_add_response_header(response, name, $0) }
            }
            guard result == .YES else { return .NO }
        }
        if isLast || watched?.isOverLimit == true || server.isDraining {
            MHD_add_response_header(response, "Connection", "close")
        }
        return MHD_queue_response(connection, UInt32(status), response)
    }
}

/// Returns a field value that libmicrohttpd accepts and that every client reads the same way (RFC 9110 section 5.5): a
/// space if it is empty, and a space for each control character, which a client may have sent as a tab.
private func fieldValue(_ value: String) -> String {
    if value.isEmpty { return " " }
    guard value.hasControlCharacters else { return value }
    return String(decoding: value.utf8.map { $0 < 32 || $0 == 127 ? 32 : $0 }, as: UTF8.self)
}

/// Returns a field's value without the white space around it. A body length or transfer coding keeps it: libmicrohttpd
/// parsed the value with the white space and found another length than we would, so the value must be rejected as
/// invalid.
private func text(_ value: UnsafePointer<CChar>, of name: String) -> String {
    let whole = text(value)
    let trimmed = HTTPHeaders.trimmed(whole)
    guard trimmed.utf8.count < whole.utf8.count else { return whole }
    return name == "content-length" || name == "transfer-encoding" ? whole : trimmed
}

/// Returns bytes as text: UTF-8, or ISO 8859-1 if they are not valid UTF-8, so that none is lost.
private func text(_ bytes: UnsafePointer<CChar>) -> String {
    String(validatingCString: bytes)
        ?? String(
            decoding: UnsafeBufferPointer(start: bytes, count: strlen(bytes)).map {
                UInt16(UInt8(bitPattern: $0))
            }, as: UTF16.self)
}

private func lowercased(_ name: UnsafePointer<CChar>) -> String {
    let count = strlen(name)
    return String(unsafeUninitializedCapacity: count) { buffer in
        for index in 0..<count {
            let byte = UInt8(bitPattern: name[index])
            buffer[index] = (65...90).contains(byte) ? byte | 32 : byte
        }
        return count
    }
}
