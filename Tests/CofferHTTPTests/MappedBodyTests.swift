import CofferHTTP
import CofferSystem
import CofferTestSupport
import Testing

/// Bodies that the system sends from mapped files.
@Suite(.timeLimit(.minutes(10)))
struct MappedBodyTests {
    private static let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    private let directory: TemporaryDirectory
    private let bytes: [UInt8]
    private let mapping: FileMapping

    init() throws {
        directory = try TemporaryDirectory()
        bytes = try directory.file("a", byteCount: 12_000_001)
        let file = try PosixFileSystem().openFile(directory.path("a"), for: .reading)
        mapping = try #require(file.map(within: MappingBudget(limit: 1 << 30)))
    }

    private func server(
        _ ranges: [Range<Int>], finished: @escaping @Sendable (HTTPOutcome) -> Void = { _ in },
        released: @escaping @Sendable () -> Void = {}
    ) throws -> HTTPServer {
        let pieces = try ranges.map { try #require(mapping.bytes($0)) }
        return try HTTPServer(
            ScriptedHandler(finished: finished) { head in
                guard head.target == "/" else { return HTTPResponse(status: 204) }
                let count = ranges.reduce(0) { $0 + $1.count }
                return HTTPResponse(
                    status: 200, body: .stream(MappedStream(pieces, released: released), count: Int64(count)))
            })
    }

    private func expected(_ ranges: [Range<Int>]) -> [UInt8] { ranges.flatMap { bytes[$0] } }

    @Test(
        arguments: [
            [0..<1], [5..<70_000], [4096..<69_632], [0..<12_000_001], [11_999_000..<12_000_001], [0..<100, 500..<501],
            [0..<4_000_000, 8_000_000..<12_000_001, 3..<4],
        ])
    func `It arrives whole, with its length, again and again on one connection`(ranges: [Range<Int>]) async throws {
        let server = try server(ranges)
        let socket = try RawConnection(port: server.port)
        let expected = expected(ranges)
        for _ in 0..<3 {
            await socket.send(Self.request)
            let head = try await socket.readHead()
            #expect(head.status == 200 && head["content-length"] == String(expected.count))
            #expect(head["transfer-encoding"] == nil)
            #expect(try await socket.read(expected.count) == expected)
        }
        #expect(await server.stop(within: 300))
        #expect(await socket.readToEnd().isEmpty)
    }

    @Test func `Requests that wait behind it are answered after it`() async throws {
        let ranges = [0..<7_000_000]
        let server = try server(ranges)
        let socket = try RawConnection(port: server.port)
        await socket.send(Self.request + "GET /next HTTP/1.1\r\nHost: x\r\n\r\n" + Self.request)
        #expect(try await socket.readHead().status == 200)
        #expect(try await socket.read(7_000_000) == expected(ranges))
        #expect(try await socket.readHead().status == 204)
        #expect(try await socket.readHead().status == 200)
        #expect(try await socket.read(7_000_000) == expected(ranges))
    }

    @Test(arguments: [[0..<600_000], [0..<600_000, 5..<6]])
    func `HEAD is answered with its length alone`(ranges: [Range<Int>]) async throws {
        let server = try server(ranges)
        let socket = try RawConnection(port: server.port)
        await socket.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n")
        let head = try await socket.readHead()
        #expect(head.status == 200 && head["content-length"] == String(expected(ranges).count))
        #expect(try await socket.readHead().status == 204)
    }

    @Test func `Readers that read nothing hold up no others`() async throws {
        let ranges = [0..<12_000_001]
        let server = try server(ranges)
        let slow = try (0..<8).map { _ in try RawConnection(port: server.port) }
        for socket in slow {
            await socket.send(Self.request)
            #expect(try await socket.readHead().status == 200)
        }
        let expected = expected(ranges)
        for _ in 0..<4 {
            let fast = try RawConnection(port: server.port)
            await fast.send(Self.request)
            #expect(try await fast.readHead().status == 200)
            #expect(try await fast.read(expected.count) == expected)
        }
        for socket in slow { #expect(try await socket.read(expected.count) == expected) }
    }

    @Test func `It is released when the client hangs up`() async throws {
        let (outcome, released) = (Signal<HTTPOutcome>(), Signal<Bool>())
        let server = try server([0..<12_000_001], finished: outcome.send, released: { released.send(true) })
        do {
            let socket = try RawConnection(port: server.port)
            await socket.send(Self.request)
            #expect(try await socket.readHead().status == 200)
            #expect(try await socket.read(100_000) == Array(bytes[..<100_000]))
        }
        #expect(try await outcome.wait() == .aborted)
        #expect(try await released.wait())
    }

    @Test(arguments: [[0..<12_000_001], [0..<10, 10..<12_000_001]])
    func `A file that is cut off meanwhile cuts the connection off`(ranges: [Range<Int>]) async throws {
        let outcome = Signal<HTTPOutcome>()
        let server = try server(ranges, finished: outcome.send)
        try PosixFileSystem().openFile(directory.path("a"), for: .updating).resize(to: 8192)
        let socket = try RawConnection(port: server.port)
        await socket.send(Self.request)
        // The head may be lost with the bytes that were to follow it in the same call.
        #expect(await socket.readToEnd().count < 12_000_001)
        #expect(try await outcome.wait() == .aborted)
        let next = try RawConnection(port: server.port)
        await next.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await next.readHead().status == 204)
    }

    @Test func `Without a connection it is read like any other stream`() async throws {
        let pieces = [try #require(mapping.bytes(0..<10))]
        let handler = ScriptedHandler { _ in HTTPResponse(status: 200, body: .stream(MappedStream(pieces), count: 10)) }
        let head = HTTPRequestHead(
            method: "GET", target: "/", headers: HTTPHeaders([("host", "x")]), remoteAddress: "127.0.0.1",
            isSecure: false, isOverLimit: false)
        let response = try #require(await handler.respond(to: head))
        guard case .bytes(let bytes) = response.body else {
            Issue.record("the body is not in memory")
            return
        }
        #expect(bytes == Array(repeating: 7, count: 10))
    }
}

/// A stream whose bytes differ from those that are mapped, which tells how it was sent.
private final class MappedStream: HTTPBodyStream {
    let mapped: [MappedBytes]?
    private let released: @Sendable () -> Void

    init(_ pieces: [MappedBytes], released: @escaping @Sendable () -> Void = {}) {
        mapped = pieces
        self.released = released
    }

    deinit { released() }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        buffer.initializeMemory(as: UInt8.self, repeating: 7)
        return buffer.count
    }

    func advance() async -> Bool { false }
}
