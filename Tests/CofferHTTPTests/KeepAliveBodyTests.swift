import CofferHTTP
import CofferTestSupport
import Testing

/// Answers that begin before the response is there.
@Suite(.timeLimit(.minutes(10)))
struct LateAnswerTests {
    @Test func `A response that is there in time is answered as it is`() async throws {
        let server = try HTTPServer(
            ScriptedHandler(keepAliveBody: Self.keepAliveBody(after: 20)) { _ in
                await Task.yield()
                return HTTPResponse(status: 404, headers: [("x-own", "1")], body: .bytes(Array("<none/>".utf8)))
            })
        let socket = try RawConnection(port: server.port)
        await socket.send(Self.request)
        let head = try await socket.readHead()
        #expect(head.status == 404 && head["content-length"] == "7" && head["x-own"] == "1" && head["x-late"] == nil)
        #expect(try await socket.read(7) == Array("<none/>".utf8))
    }

    @Test func `A late answer begins, sends spaces and ends with the response's document`() async throws {
        let late = try Late()
        await late.socket.send(Self.request + Self.request)
        let head = try await late.socket.readHead()
        #expect(head.status == 200 && head["transfer-encoding"] == "chunked" && head["x-late"] == "1")
        #expect(head["content-length"] == nil)
        #expect(try await late.socket.readChunk() == "<?xml?>\n")
        for _ in 0..<5 { #expect(try await late.socket.readChunk() == " ") }
        #expect(late.outcome.value == nil)
        late.response.send(HTTPResponse(status: 500, body: .bytes(Array("<Error/>".utf8))))
        let rest = try await late.socket.readChunks()
        #expect(rest.drop { $0 == " " } == "<Error/>")
        #expect(try await late.outcome.wait() == .sent)
        // What waits behind it on the connection is answered too, now in time.
        #expect(try await late.socket.readHead().status == 500)
    }

    @Test func `A late document may be large`() async throws {
        let late = try Late()
        await late.socket.send(Self.request)
        _ = try await late.socket.readHead()
        #expect(try await late.socket.readChunk() == "<?xml?>\n")
        let document = String(repeating: "<Part/>", count: 100_000)
        late.response.send(HTTPResponse(status: 200, body: .bytes(Array(document.utf8))))
        #expect(try await late.socket.readChunks().drop { $0 == " " } == document)
    }

    @Test func `HTTP 1.0 gets a late answer that ends with the connection`() async throws {
        let late = try Late()
        await late.socket.send("POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
        let head = try await late.socket.readHead()
        #expect(head.status == 200 && head["transfer-encoding"] == nil && head["content-length"] == nil)
        #expect(try await late.socket.read(10) == Array("<?xml?>\n  ".utf8))
        late.response.send(HTTPResponse(status: 200, body: .bytes(Array("<done/>".utf8))))
        let rest = String(decoding: await late.socket.readToEnd(), as: UTF8.self)
        #expect(rest.drop { $0 == " " } == "<done/>")
        #expect(try await late.outcome.wait() == .sent)
    }

    @Test
    func `A client that goes away while its answer is awaited is noticed, and its request ends with the response`()
        async throws
    {
        let late = try Late()
        do {
            let socket = try RawConnection(port: late.server.port)
            await socket.send(Self.request)
            #expect(try await socket.readHead().status == 200)
        }
        // The first space meets a closed socket, the second one an error.
        try await late.server.waitForConnections(1)
        #expect(late.outcome.value == nil)
        late.response.send(HTTPResponse(status: 200))
        #expect(try await late.outcome.wait() == .aborted)
    }

    @Test func `A server that stops waits for a late answer's end`() async throws {
        let late = try Late()
        await late.socket.send(Self.request)
        #expect(try await late.socket.readHead().status == 200)
        let isFinished = Signal<Bool>()
        Task { isFinished.send(await late.server.stop(within: 300)) }
        for _ in 0..<5 { _ = try await late.socket.readChunk() }
        #expect(isFinished.value == nil)
        late.response.send(HTTPResponse(status: 200, body: .bytes(Array("<done/>".utf8))))
        #expect(try await late.socket.readChunks().hasSuffix("<done/>"))
        #expect(try await isFinished.wait())
        #expect(await late.socket.readToEnd().isEmpty)
    }

    @Test func `A server that stops cuts off a late answer after its time, and waits for what makes it`() async throws {
        let late = try Late(spaceSeconds: 1000)
        await late.socket.send(Self.request)
        #expect(try await late.socket.readHead().status == 200)
        #expect(try await late.socket.readChunk() == "<?xml?>\n")
        let isFinished = Signal<Bool>()
        Task { isFinished.send(await late.server.stop(within: 0.1)) }
        #expect(await late.socket.readToEnd().isEmpty)
        try await late.server.waitForConnections(0)
        #expect(isFinished.value == nil && late.outcome.value == nil)
        late.response.send(HTTPResponse(status: 200))
        #expect(try await !isFinished.wait())
        #expect(late.outcome.value == .aborted)
    }

    @Test func `Responses that come at the very time of the late answer arrive whole`() async throws {
        let server = try HTTPServer(
            ScriptedHandler(keepAliveBody: Self.keepAliveBody(after: 0.002, spaceSeconds: 0.001)) { _ in
                // The times' closeness is the case itself; one that cannot sleep answers sooner.
                try? await Task.sleep(for: .microseconds(Int.random(in: 500...6000)))
                return HTTPResponse(status: 201, body: .bytes(Array("<done/>".utf8)))
            })
        let statuses = try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    let socket = try RawConnection(port: server.port)
                    var statuses: Set<Int> = []
                    for _ in 0..<100 { statuses.insert(try await Self.exchange(socket)) }
                    return statuses
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.formUnion($1) }
        }
        #expect(statuses == [200, 201])
        #expect(await server.stop(within: 300))
    }

    /// Sends a request and expects the document in whichever answer there is.
    private static func exchange(_ socket: RawConnection) async throws -> Int {
        await socket.send(request)
        let head = try await socket.readHead()
        if head.status == 201 {
            #expect(try await socket.read(7) == Array("<done/>".utf8))
        } else {
            let text = try await socket.readChunks()
            #expect(text.hasPrefix("<?xml?>\n") && text.dropFirst(8).drop { $0 == " " } == "<done/>")
        }
        return head.status
    }

    private static let request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"

    private static func keepAliveBody(after seconds: Double, spaceSeconds: Double = 0.02) -> KeepAliveBody {
        KeepAliveBody(
            seconds: seconds, spaceSeconds: spaceSeconds, headers: [("x-late", "1")], prefix: Array("<?xml?>\n".utf8)
        ) { response in
            if case .bytes(let bytes) = response.body { bytes } else { [] }
        }
    }

    /// A server whose responses are made when a test says so, and a connection to it.
    private struct Late {
        let response = Signal<HTTPResponse>()
        let outcome = Signal<HTTPOutcome>()
        let server: HTTPServer
        let socket: RawConnection

        init(spaceSeconds: Double = 0.02) throws {
            let keepAliveBody = LateAnswerTests.keepAliveBody(after: 0.02, spaceSeconds: spaceSeconds)
            let (response, outcome) = (response, outcome)
            server = try HTTPServer(
                ScriptedHandler(keepAliveBody: keepAliveBody, finished: outcome.send) { _ in
                    (try? await response.wait()) ?? HTTPResponse(status: 503)  // Cancelled with its test.
                })
            socket = try RawConnection(port: server.port)
        }
    }
}
