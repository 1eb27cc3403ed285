import CofferHTTP
import Testing

/// What the HTTP server does with clients that are too many, too slow, or gone.
struct HTTPLimitsTests {
    @Test func `a head that comes too slowly is cut off`() async throws {
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

    @Test func `a body that comes too slowly is cut off`() async throws {
        let server = try Server { limits in (limits.bodyGraceSeconds, limits.bodyBytesPerSecond) = (0, 1000) }
        let connection = try RawConnection(port: server.port)
        await connection.send(Array("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n".utf8))
        for _ in 0..<40 where await !server.isIdle {
            await connection.send(Array("a".utf8))
            try await Task.sleep(for: .milliseconds(250))  // As above.
        }
        #expect(await server.isIdle)
        #expect(await connection.isClosed())
    }

    @Test func `a connection on which nothing moves is closed`() async throws {
        let server = try Server { $0.idleSeconds = 1 }
        let connection = try RawConnection(port: server.port)
        await connection.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        #expect(try await connection.receive().status == 200)
        #expect(await connection.isClosed())
    }

    @Test func `a connection beyond the limit is told so and closed, and others go on`() async throws {
        let server = try Server { $0.connections = 2 }
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

    @Test func `a client that is gone in the middle of its body is noticed`() async throws {
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

        init(_ change: (inout HTTPLimits) -> Void) throws {
            var limits = HTTPLimits()
            change(&limits)
            http = try HTTPServer(address: "127.0.0.1", port: 0, limits: limits, handler: Handler())
        }
    }

    private struct Handler: HTTPHandler {
        func begin(_ head: HTTPRequestHead) -> any HTTPExchange { Exchange(isOverLimit: head.isOverLimit) }
    }

    private final class Exchange: HTTPExchange {
        private let isOverLimit: Bool

        init(isOverLimit: Bool) { self.isOverLimit = isOverLimit }

        var refusal: HTTPResponse? { nil }
        func receive(_ bytes: Span<UInt8>) {}
        func respond() async -> HTTPResponse { HTTPResponse(status: isOverLimit ? 503 : 200) }
        func finished(_ outcome: HTTPOutcome) {}
    }
}
