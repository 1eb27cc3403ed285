import CMicrohttpd
import Glibc
import Synchronization

/// One request between libmicrohttpd and the handler.
///
/// Everything but ``answer`` is touched only by the event-loop thread of its connection, in callbacks that follow one
/// another; ``answer`` is locked because the task that makes the response may end on another thread. That is why
/// `@unchecked Sendable` is safe.
final class RequestInFlight: @unchecked Sendable {
    private let target: String
    private let connection: OpaquePointer
    private let server: ServerContext
    private let watched: ConnectionWatch.Connection?
    private var exchange: (any HTTPExchange)?
    private var dropped: Int64 = 0
    private var hasStarted = false
    /// Whether the server counts it among the requests under way; a stopped one takes none.
    private var isTaken = false
    private let answer = Mutex(Answer.awaited)

    private enum Answer {
        case awaited
        case suspended
        case ready(HTTPResponse)
    }

    init(target: String, connection: OpaquePointer, server: ServerContext) {
        self.target = target
        self.connection = connection
        self.server = server
        watched = coffer_connection_context(connection).map {
            Unmanaged<ConnectionWatch.Connection>.fromOpaque($0).takeUnretainedValue()
        }
    }

    var hasBegun: Bool { exchange != nil }

    // MARK: The calls of the event loop

    /// The head is complete. An answer given now closes the connection, so only a refused body gets one.
    func begin(method: String) -> MHD_Result {
        isTaken = watched?.isRefused != true && server.requestBegan()
        guard isTaken else { return .NO }
        let head = makeHead(method: method)
        let exchange = server.handler.begin(head)
        self.exchange = exchange
        watched?.enter(.body)
        guard head.hasBody, let refusal = exchange.refusal else { return .YES }
        let isShort = head.isChunked || head.contentLength.map { $0 <= server.limits.drainedByteCount } ?? false
        let mustClose = refusal.headers.contains { $0.name == "Connection" }
        let isDrained = isShort && !head.expectsContinue && !mustClose
        return isDrained ? .YES : send(refusal)
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> MHD_Result {
        guard let exchange else { return .NO }
        watched?.received(bytes.count)
        if exchange.refusal == nil {
            exchange.receive(bytes.bindMemory(to: UInt8.self).span)
            return .YES
        }
        // No answer can be given before the body's end: a short rest is read, a long one ends the connection.
        dropped += Int64(bytes.count)
        return dropped <= server.limits.drainedByteCount ? .YES : .NO
    }

    /// Called when the body is complete, and again when a suspended connection is resumed.
    func bodyIsComplete() -> MHD_Result {
        guard let exchange else { return .NO }
        if !hasStarted {
            hasStarted = true
            watched?.enter(.answer)
            server.executor.runInline { self.deliver(await exchange.respond()) }
        }
        let response = answer.withLock { answer -> HTTPResponse? in
            if case .ready(let response) = answer { return response }
            answer = .suspended
            MHD_suspend_connection(connection)
            return nil
        }
        return response.map(send) ?? .YES
    }

    func completed(_ outcome: HTTPOutcome) {
        watched?.enter(.head)
        exchange?.finished(outcome)
        if isTaken { server.requestEnded() }
    }

    /// Called by the task that made the response, on whatever thread it ended.
    private func deliver(_ response: HTTPResponse) {
        answer.withLock { answer in
            let wasSuspended = if case .suspended = answer { true } else { false }
            answer = .ready(response)
            if wasSuspended { MHD_resume_connection(connection) }
        }
    }

    // MARK: Translation

    private func makeHead(method: String) -> HTTPRequestHead {
        var headers = HTTPHeaders()
        withUnsafeMutablePointer(to: &headers) { pointer in
            _ = MHD_get_connection_values(
                connection, .HEADER_KIND,
                { context, _, name, value in
                    guard let context, let name else { return .YES }
                    context.assumingMemoryBound(to: HTTPHeaders.self).pointee
                        .append(lowercased(name), value.map(text) ?? "")
                    return .YES
                }, pointer)
        }
        return HTTPRequestHead(
            method: method, target: target, headers: headers, remoteAddress: watched?.address ?? "-",
            isSecure: server.isSecure, isOverLimit: watched?.isOverLimit ?? false)
    }

    private func send(_ response: HTTPResponse) -> MHD_Result {
        guard let answer = response.body.makeResponse() else { return .NO }
        defer { MHD_destroy_response(answer) }
        for (name, value) in response.headers {
            guard MHD_add_response_header(answer, name, fieldValue(value)) == .YES else { return .NO }
        }
        if watched?.isOverLimit == true || server.isDraining { MHD_add_response_header(answer, "Connection", "close") }
        return MHD_queue_response(connection, UInt32(response.status), answer)
    }
}

/// A value as libmicrohttpd takes it, and as every client reads it the same (RFC 9110 section 5.5): a space where there
/// is nothing, and in the place of control characters, which a client may have sent as tabs.
private func fieldValue(_ value: String) -> String {
    if value.isEmpty { return " " }
    guard value.utf8.contains(where: { $0 < 32 || $0 == 127 }) else { return value }
    return String(decoding: value.utf8.map { $0 < 32 || $0 == 127 ? 32 : $0 }, as: UTF8.self)
}

/// A field's value: UTF-8, or where it is not, ISO 8859-1, so that no byte is lost.
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
