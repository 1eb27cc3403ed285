import CofferHTTP
import CofferTestSupport
import Testing

/// What the HTTP server does with clients that are too many, too slow, or gone.
struct HTTPLimitsTests {
    @Test(arguments: [(0, 8, 8), (64, 8, 8), (1024, 488, 488), (1 << 20, 4096, 2048), (.max, 4096, 2048)])
    func `Connections leave descriptors for the files that they send`(
        descriptors: Int, connections: Int, ofOneAddress: Int
    ) {
        let limits = HTTPLimits(descriptors: descriptors)
        #expect((limits.connections, limits.connectionsPerAddress) == (connections, ofOneAddress))
    }

    @Test func `A head that comes too slowly is cut off`() async throws {
        let server = try Server { limits in (limits.idleSeconds, limits.headSeconds) = (1, 1) }
        let connection = try RawConnection(port: server.port)
        await connection.send(Array("GET / HTTP/1.1\r\nHost: x\r\n".utf8))
        for _ in 0..<40 where await !server.isIdle {
            await connection.send(Array("a".utf8))
            try await Task.sleep(for: .milliseconds(250))  // The client's slowness is the case itself.
        }
        #expect(await server.isIdle)
        #expect(await connection.isClosed())
    }

    enum BodyUse: CaseIterable {
        case stored, held, dropped
    }

    @Test(arguments: BodyUse.allCases)
    func `A body that comes too slowly is cut off`(_ use: BodyUse) async throws {
        let server = try Server(use) { limits in
            let lenient = HTTPLimits.Pace(graceSeconds: 600, bytesPerSecond: 1)
            let strict = HTTPLimits.Pace(graceSeconds: 0, bytesPerSecond: 1000)
            limits.bodyPace = use == .stored ? strict : lenient
            limits.documentPace = use == .held ? strict : lenient
            limits.droppedPace = use == .dropped ? strict : lenient
        }
        let connection = try RawConnection(port: server.port)
        await connection.send(Array("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n".utf8))
        for _ in 0..<40 where await !server.isIdle {
            await connection.send(Array("a".utf8))
            try await Task.sleep(for: .milliseconds(250))  // As above.
        }
        #expect(await server.isIdle)
        #expect(try await connection.receive().status == (use == .dropped ? 403 : 400), "it is told why")
        #expect(await connection.isClosed())
    }

    @Test func `A connection without traffic is closed`() async throws {
        let server = try Server { $0.idleSeconds = 1 }
        let connection = try RawConnection(port: server.port)
        await connection.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        #expect(try await connection.receive().status == 200)
        #expect(await connection.isClosed())
    }

    @Test func `A connection beyond the limit gets a response and is closed, and others continue`() async throws {
        let server = try Server { limits in (limits.connections, limits.spareIdleSeconds) = (2, 600) }
        let request = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        let connections = try [RawConnection(port: server.port), RawConnection(port: server.port)]
        for connection in connections {
            await connection.send(request)
            #expect(try await connection.receive().status == 200)
        }
        let further = try RawConnection(port: server.port)
        await further.send(request)
        #expect(try await further.receive().status == 503)
        #expect(await further.isClosed())
        await connections[0].send(request)
        #expect(try await connections[0].receive().status == 200)
    }

    @Test func `Connections that wait for a request make room for new ones`() async throws {
        let server = try Server { limits in
            (limits.connectionsPerAddress, limits.spareIdleSeconds) = (3, 0)
            limits.documentPace.graceSeconds = 600  // On a busy machine the body may be long in coming.
        }
        let request = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        let busy = try RawConnection(port: server.port)
        await busy.send(Array("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nda".utf8))
        let idle = try [RawConnection(port: server.port), RawConnection(port: server.port)]
        for connection in idle {
            await connection.send(request)
            #expect(try await connection.receive().status == 200)
        }
        var status = 0
        for _ in 0..<10 where status != 200 {
            let newcomer = try RawConnection(port: server.port)
            await newcomer.send(request)
            status = try await newcomer.receive().status
            // Where all still seemed to be in use, they are looked at again in the next second.
            if status != 200 { try await Task.sleep(for: .seconds(1)) }
        }
        #expect(status == 200)
        #expect(await idle[0].isClosed())
        await busy.send(Array("ta".utf8))
        #expect(try await busy.receive().status == 200, "a request under way keeps its connection")
    }

    @Test func `A client that disconnects in the middle of its body is noticed`() async throws {
        let server = try Server { _ in }
        do {
            let connection = try RawConnection(port: server.port)
            await connection.send(Array("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc".utf8))
            while await server.isIdle { try await Task.sleep(for: .milliseconds(1)) }
        }
        for _ in 0..<50 where await !server.isIdle {
            try await Task.sleep(for: .milliseconds(100))  // The server looks once a second.
        }
        #expect(await server.isIdle)
    }

    /// A server that answers every request with 200, or with 503 where there are too many connections.
    private final class Server: Sendable {
        private let http: HTTPServer
        var port: UInt16 { http.port }
        var isIdle: Bool { get async { http.openConnections == 0 } }

        init(_ use: BodyUse = .held, _ change: (inout HTTPLimits) -> Void) throws {
            var limits = HTTPLimits()
            change(&limits)
            let handler = Handler(use: use)
            http = try HTTPServer(address: "127.0.0.1", port: 0, limits: limits, handler: handler)
        }
    }

    private struct Handler: HTTPHandler {
        let use: BodyUse

        func begin(_ head: HTTPRequestHead) -> any HTTPExchange {
            Exchange(isOverLimit: head.isOverLimit, use: use)
        }
    }

    private final class Exchange: HTTPExchange {
        private let isOverLimit: Bool
        private let use: BodyUse

        init(isOverLimit: Bool, use: BodyUse) {
            self.isOverLimit = isOverLimit
            self.use = use
        }

        var refusal: HTTPResponse? { use == .dropped ? HTTPResponse(status: 403) : nil }
        var receivesDocument: Bool { use == .held }
        var stalledAnswer: HTTPResponse? { HTTPResponse(status: 400) }
        func receive(_ bytes: Span<UInt8>) {}
        func respond() async -> HTTPResponse { HTTPResponse(status: isOverLimit ? 503 : 200) }
        func finished(_ outcome: HTTPOutcome) {}
    }
}
