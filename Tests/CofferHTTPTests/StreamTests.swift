import CofferHTTP
import CofferTestSupport
import Synchronization
import Testing

/// Bodies that are made piece by piece.
@Suite(.timeLimit(.minutes(10)))
struct StreamTests {
    @Test(arguments: [0, 1, 131_071, 131_072, 131_073, 3_000_017])
    func `A stream arrives whole, in order and with its length`(count: Int) async throws {
        let server = try HTTPServer.answering { _ in PatternStream(count: count).response }
        let socket = try RawConnection(port: server.port)
        await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let head = try await socket.readHead()
        #expect(head.status == 200 && head["content-length"] == String(count) && head["transfer-encoding"] == nil)
        #expect(try await socket.read(count) == PatternStream.bytes(count))
        #expect(await server.stop(within: 300))
        #expect(await socket.readToEnd().isEmpty)
    }

    @Test(arguments: [0, 1, 131_072, 300_017])
    func `Without a connection a stream is read into memory`(count: Int) async throws {
        let outcome = Signal<HTTPOutcome>()
        let handler = ScriptedHandler(finished: outcome.send) { _ in PatternStream(count: count).response }
        let response = try #require(await handler.respond(to: Self.head))
        guard case .bytes(let bytes) = response.body else {
            Issue.record("the body is not in memory")
            return
        }
        #expect(response.status == 200 && bytes == PatternStream.bytes(count))
        #expect(outcome.value == .sent)
    }

    private static let head = HTTPRequestHead(
        method: "GET", target: "/", headers: HTTPHeaders([("host", "x")]), remoteAddress: "127.0.0.1", isSecure: false,
        isOverLimit: false)

    @Test func `Without a connection a stream that fails gives no response`() async {
        let outcome = Signal<HTTPOutcome>()
        let handler = ScriptedHandler(finished: outcome.send) { _ in
            PatternStream(count: 2_000_000, failsAt: 700_000).response
        }
        #expect(await handler.respond(to: Self.head) == nil)
        #expect(outcome.value == .aborted)
    }

    @Test func `A stream that fails midway cuts the connection off`() async throws {
        let outcome = Signal<HTTPOutcome>()
        let server = try HTTPServer(
            ScriptedHandler(finished: outcome.send) { _ in PatternStream(count: 2_000_000, failsAt: 700_000).response })
        let socket = try RawConnection(port: server.port)
        await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await socket.readHead()["content-length"] == "2000000")
        #expect(await socket.readToEnd() == PatternStream.bytes(700_000))
        #expect(try await outcome.wait() == .aborted)
    }

    @Test func `A stream is released when the client hangs up`() async throws {
        let released = Signal<Bool>()
        let server = try HTTPServer.answering { _ in
            PatternStream(count: 1 << 40, released: { released.send(true) }).response
        }
        do {
            let socket = try RawConnection(port: server.port)
            await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await socket.readHead().status == 200)
            #expect(try await socket.read(1_000_000) == PatternStream.bytes(1_000_000))
            #expect(released.value == nil)
        }
        #expect(try await released.wait())
    }

    @Test func `A stream is released when it was sent`() async throws {
        let released = Signal<Bool>()
        let server = try HTTPServer.answering { _ in
            PatternStream(count: 10, released: { released.send(true) }).response
        }
        let socket = try RawConnection(port: server.port)
        await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await socket.readHead()
        #expect(try await released.wait())
    }

    @Test func `Requests that wait behind a stream are answered after it`() async throws {
        let server = try HTTPServer.answering { head in
            head.target == "/stream" ? PatternStream(count: 600_000).response : HTTPResponse(status: 204)
        }
        let socket = try RawConnection(port: server.port)
        let stream = "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"
        await socket.send(stream + "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + stream)
        #expect(try await socket.readHead().status == 200)
        #expect(try await socket.read(600_000) == PatternStream.bytes(600_000))
        #expect(try await socket.readHead().status == 204)
        #expect(try await socket.readHead().status == 200)
        #expect(try await socket.read(600_000) == PatternStream.bytes(600_000))
    }

    @Test func `HEAD of a stream is answered with its length alone`() async throws {
        let server = try HTTPServer.answering { head in
            head.method == "HEAD" ? PatternStream(count: 600_000, failsAt: 0).response : HTTPResponse(status: 204)
        }
        let socket = try RawConnection(port: server.port)
        await socket.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let head = try await socket.readHead()
        #expect(head.status == 200 && head["content-length"] == "600000")
        #expect(try await socket.readHead().status == 204)
    }

    @Test func `Many streams side by side arrive whole`() async throws {
        let server = try HTTPServer.answering { _ in PatternStream(count: 1_000_000).response }
        let expected = PatternStream.bytes(1_000_000)
        let sockets = try (0..<60).map { _ in try RawConnection(port: server.port) }
        for socket in sockets { await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
        for socket in sockets {
            #expect(try await socket.readHead().status == 200)
            #expect(try await socket.read(expected.count) == expected)
        }
    }

    /// With the connection suspended meanwhile.
    @Test func `A stream that has to wait for its next piece arrives whole`() async throws {
        let server = try HTTPServer.answering { _ in PatternStream(count: 1_000_000, pauses: true).response }
        let sockets = try (0..<4).map { _ in try RawConnection(port: server.port) }
        for socket in sockets { await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
        for socket in sockets {
            #expect(try await socket.readHead().status == 200)
            #expect(try await socket.read(1_000_000) == PatternStream.bytes(1_000_000))
        }
        #expect(await server.stop(within: 300))
    }

    @Test func `A server that stops lets a stream end`() async throws {
        let server = try HTTPServer.answering { _ in PatternStream(count: 30_000_000).response }
        let socket = try RawConnection(port: server.port)
        await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await socket.readHead()
        async let isFinished = server.stop(within: 300)
        #expect(await socket.readToEnd().count == 30_000_000)
        #expect(await isFinished)
    }

    @Test func `A server that stops cuts off a stream that nobody reads`() async throws {
        let released = Signal<Bool>()
        let server = try HTTPServer.answering { _ in
            PatternStream(count: 1 << 40, released: { released.send(true) }).response
        }
        let socket = try RawConnection(port: server.port)
        await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await socket.readHead()
        #expect(await !server.stop(within: 0.1))
        #expect(try await released.wait())
    }
}

/// Bytes that tell their places, in pieces of odd sizes.
private final class PatternStream: HTTPBodyStream {
    private let count: Int
    private let failsAt: Int
    /// Whether each piece has to be waited for.
    private let pauses: Bool
    private let released: @Sendable () -> Void
    private let position = Mutex(0)
    private let isReady = Mutex(false)

    init(
        count: Int, failsAt: Int = .max, pauses: Bool = false, released: @escaping @Sendable () -> Void = {}
    ) {
        self.count = count
        self.failsAt = failsAt
        self.pauses = pauses
        self.released = released
    }

    deinit { released() }

    var response: HTTPResponse { HTTPResponse(status: 200, body: .stream(self, count: Int64(count))) }

    static func bytes(_ count: Int) -> [UInt8] { (0..<count).map(byte) }

    private static func byte(at position: Int) -> UInt8 { UInt8(truncatingIfNeeded: position &* 7 &+ position >> 8) }

    func advance() async -> Bool {
        await Task.yield()
        // Resumed by a timer, on another thread than the event loop's.
        try? await Task.sleep(for: .milliseconds(1))
        isReady.withLock { $0 = true }
        return true
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        if pauses {
            let mustWait = isReady.withLock { isReady in
                defer { isReady = false }
                return !isReady
            }
            if mustWait { return 0 }
        }
        return position.withLock { position in
            let end = min(position + min(buffer.count, 100_003), failsAt)
            guard position < end else { return nil }
            for index in position..<end { buffer[index - position] = Self.byte(at: index) }
            defer { position = end }
            return end - position
        }
    }
}
