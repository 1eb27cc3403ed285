import CofferHTTP
import CofferTestSupport
import Dispatch
import Synchronization
import Testing

/// Requests whose beginning has to wait, with the connection suspended meanwhile.
@Suite(.timeLimit(.minutes(10)))
struct WaitingTests {
    @Test(arguments: [true, false])
    func `Requests with and without bodies are answered in order`(waits: Bool) async throws {
        let server = try HTTPServer(address: "127.0.0.1", port: 0, handler: WaitingHandler(waits: waits))
        let socket = try RawConnection(port: server.port)
        let put = "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        await socket.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n" + put + "GET /c HTTP/1.1\r\nHost: x\r\n\r\n" + put)
        for expected in ["GET /b 0", "PUT /a 5", "GET /c 0", "PUT /a 5"] {
            let head = try await socket.readHead()
            #expect(head.status == 200)
            let body = try await socket.read(Int(head["content-length"] ?? "") ?? 0)
            #expect(String(decoding: body, as: UTF8.self) == expected)
        }
        #expect(await server.stop(within: 300))
    }

    @Test func `A client that waits for 100 Continue gets it after the request was accepted`() async throws {
        let server = try HTTPServer(address: "127.0.0.1", port: 0, handler: WaitingHandler(waits: true))
        let socket = try RawConnection(port: server.port)
        await socket.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(try await socket.readHead().status == 100)
        await socket.send("hello")
        #expect(try await socket.readHead().status == 200)
    }

    @Test func `A refusal that had to be waited for is sent before the body`() async throws {
        let server = try HTTPServer(address: "127.0.0.1", port: 0, handler: WaitingHandler(waits: true))
        let socket = try RawConnection(port: server.port)
        await socket.send("PUT /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        #expect(try await socket.readHead().status == 403)
    }

    @Test func `A body that has to be prepared for within it arrives whole`() async throws {
        let server = try HTTPServer(address: "127.0.0.1", port: 0, handler: WaitingHandler(waits: true))
        let body = String(repeating: "x", count: 1_000_000)
        let socket = try RawConnection(port: server.port)
        await socket.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n\(body)")
        let head = try await socket.readHead()
        let answer = try await socket.read(Int(head["content-length"] ?? "") ?? 0)
        #expect(String(decoding: answer, as: UTF8.self) == "PUT /a 1000000")
    }

    @Test func `A body that stalls after it had to be prepared for is ended for its slowness`() async throws {
        var limits = HTTPLimits()
        limits.documentPace = HTTPLimits.Pace(graceSeconds: 1, bytesPerSecond: 1 << 20)
        let outcome = Signal<HTTPOutcome>()
        let server = try HTTPServer(
            address: "127.0.0.1", port: 0, limits: limits,
            handler: WaitingHandler(waits: true, finished: outcome.send))
        let socket = try RawConnection(port: server.port)
        await socket.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhello")
        #expect(await socket.readToEnd().isEmpty)
        #expect(try await outcome.wait() == .stalled)
    }

    @Test func `A client that goes away while its request waits leaves nothing`() async throws {
        let outcome = Signal<HTTPOutcome>()
        let server = try HTTPServer(
            address: "127.0.0.1", port: 0, handler: WaitingHandler(waits: true, finished: outcome.send))
        do {
            let socket = try RawConnection(port: server.port)
            await socket.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
        }
        #expect(try await outcome.wait() == .aborted)
        #expect(await server.stop(within: 300))
    }

    /// The number of events that libmicrohttpd takes from the system in one call.
    @Test func `As many requests at once as an event loop takes in one call are all answered`() async throws {
        let (isBlocked, end) = (Signal<Bool>(), DispatchSemaphore(value: 0))
        let server = try HTTPServer(
            address: "127.0.0.1", port: 0, threads: 1,
            handler: ScriptedHandler { head in
                if head.target == "/blocking" { Self.block(isBlocked, until: end) }
                return HTTPResponse(status: 200)
            })
        let sockets = try (0..<128).map { _ in try RawConnection(port: server.port) }
        for socket in sockets {
            await socket.send("GET /first HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await socket.receive().status == 200)
        }
        let blocking = try RawConnection(port: server.port)
        await blocking.send("GET /blocking HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await isBlocked.wait())
        for socket in sockets { await socket.send("GET /second HTTP/1.1\r\nHost: x\r\n\r\n") }
        end.signal()
        for socket in sockets { #expect(try await socket.receive().status == 200) }
    }

    /// Blocks the event loop, while the requests of all connections arrive.
    private static func block(_ isBlocked: Signal<Bool>, until end: DispatchSemaphore) {
        isBlocked.send(true)
        end.wait()
    }
}

/// Answers with the method, the target, and the number of bytes of the body.
private struct WaitingHandler: HTTPHandler {
    let waits: Bool
    var finished: @Sendable (HTTPOutcome) -> Void = { _ in }

    func begin(_ head: HTTPRequestHead) async -> any HTTPExchange {
        await pause()
        return Exchange(self, head)
    }

    /// Continues on another thread than the event loop's.
    func pause() async {
        guard waits else { return }
        // Nothing cancels it.
        try? await Task.sleep(for: .milliseconds(2))
    }

    private final class Exchange: HTTPExchange {
        private let handler: WaitingHandler
        private let head: HTTPRequestHead
        private let state = Mutex((count: 0, isPrepared: true))

        init(_ handler: WaitingHandler, _ head: HTTPRequestHead) {
            self.handler = handler
            self.head = head
        }

        var refusal: HTTPResponse? { head.target == "/refused" ? HTTPResponse(status: 403) : nil }

        func receive(_ bytes: Span<UInt8>) {
            state.withLock { state in
                precondition(state.isPrepared, "a body goes on only after it was prepared for")
                state.count += bytes.count
                state.isPrepared = !handler.waits
            }
        }

        var needsPreparation: Bool { state.withLock { !$0.isPrepared } }

        func prepare() async {
            await handler.pause()
            state.withLock { $0.isPrepared = true }
        }

        func respond() async -> HTTPResponse {
            await handler.pause()
            let text = "\(head.method) \(head.target) \(state.withLock { $0.count })"
            return HTTPResponse(status: 200, body: .bytes(Array(text.utf8)))
        }

        func finished(_ outcome: HTTPOutcome) { handler.finished(outcome) }
    }
}
