import CofferHTTP
import CofferTestSupport
import Testing

/// The life of a server.
@Suite(.timeLimit(.minutes(10)))
struct HTTPServerTests {
    @Test func `A server that is stopped lets go of its handler`() async throws {
        let released = Signal<Bool>()
        do {
            let captured = Captured { released.send(true) }
            let server = try HTTPServer.answering { _ in
                withExtendedLifetime(captured) { HTTPResponse(status: 204) }
            }
            let socket = try RawConnection(port: server.port)
            await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await socket.readHead().status == 204)
            #expect(await server.stop(within: 300))
        }
        #expect(try await released.wait())
    }

    /// Reports its end.
    private final class Captured: Sendable {
        private let released: @Sendable () -> Void

        init(released: @escaping @Sendable () -> Void) { self.released = released }

        deinit { released() }
    }
}
