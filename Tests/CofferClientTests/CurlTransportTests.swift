import CofferModel
import CofferTestSupport
import Foundation
import Synchronization
import Testing

@testable import CofferClient

struct CurlTransportTests {
    private static func request(
        _ listener: RawListener, _ method: String = "GET", _ target: String = "/", body: HTTPRequestBody = .none
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, url: "http://127.0.0.1:\(listener.port)\(target)",
            headers: ["host": "127.0.0.1:\(listener.port)", "x-empty": ""], body: body)
    }

    @Test func `A request goes on the wire as it is, and nothing with it`() async throws {
        let listener = try RawListener()
        let heads = Mutex<[String]>([])
        listener.accept { connection in
            for _ in 0..<2 {
                let head = connection.readHead()
                heads.withLock { $0.append(head) }
                connection.write(
                    "HTTP/1.1 100 Continue\r\nx-not: this\r\n\r\nHTTP/1.1 201 Made\r\nX-A:  b \r\ncontent-length: 2\r\n\r\nok"
                )
            }
        }
        let transport = CurlTransport(certificateAuthorities: nil)
        let receiver = AnswerKeeper()
        let head = try await transport.send(Self.request(listener, "GET", "/a/../b/./c//%7e?x&y=%20z"), to: receiver)
        #expect(head.status == 201 && head["x-a"] == "b" && head["x-not"] == nil && receiver.body == "ok")
        _ = try await transport.send(Self.request(listener, "PUT", "/k", body: .bytes([])), to: AnswerKeeper())
        let lines = heads.withLock { $0.map { $0.components(separatedBy: "\r\n").filter { !$0.isEmpty } } }
        // On one connection.
        #expect(lines.count == 2)
        #expect(
            lines.first?.map { $0.lowercased() } == [
                "get /a/../b/./c//%7e?x&y=%20z http/1.1", "host: 127.0.0.1:\(listener.port)", "x-empty:",
            ])
        #expect(
            Set(lines.last?.map { $0.lowercased() } ?? []) == [
                "put /k http/1.1", "host: 127.0.0.1:\(listener.port)", "x-empty:", "content-length: 0",
            ])
    }

    @Test func `What is wrong with a connection is told by its kind`() async throws {
        let listener = try RawListener()
        let transport = CurlTransport(certificateAuthorities: nil)
        let request = Self.request(listener)
        listener.accept { _ = $0.readHead() }
        let silent = await #expect(throws: TransportError.self) {
            try await transport.send(request, to: AnswerKeeper())
        }
        #expect(silent?.kind == .interrupted)
        listener.accept { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab")
        }
        let short = await #expect(throws: TransportError.self) { try await transport.send(request, to: AnswerKeeper()) }
        #expect(short?.kind == .interrupted)
        listener.accept { connection in
            _ = connection.readHead()
            connection.write("SSH-2.0-OpenSSH\r\n")
        }
        let other = await #expect(throws: TransportError.self) { try await transport.send(request, to: AnswerKeeper()) }
        #expect(other?.kind == .badResponse || other?.kind == .interrupted)
        // Each twice, since a connection's handle is used again.
        for origin in ["http://127.0.0.1:1", "http://127.0.0.1:1", "http://nowhere.invalid", "http://nowhere.invalid"] {
            var refused = request
            refused.url = "\(origin)/k?X-Amz-Signature=abc"
            let error = await #expect(throws: TransportError.self) {
                try await transport.send(refused, to: AnswerKeeper())
            }
            #expect(error?.kind == .cannotConnect)
            #expect(
                error?.description.contains(origin.dropFirst(7).prefix { $0 != ":" }) == true
                    && error?.description.contains("abc") == false)
        }
    }

    /// One thread alone, and a reader of a long body that asks for something else before it reads on.
    @Test func `A body that waits for its reader holds up no other request`() async throws {
        try await CofferFixture.with { fixture in
            let s3 = try fixture.client {
                $0.transport = CurlTransport(certificateAuthorities: nil, requestLimit: 1)
            }
            try await s3.createBucket(bucket: "bucket")
            let bytes = TemporaryDirectory.pattern(16 << 20)
            try await s3.putObject(bucket: "bucket", key: "k", body: bytes)
            var contents: [ObjectContent] = []
            for _ in 0..<3 { contents.append(try await s3.getObject(bucket: "bucket", key: "k")) }
            #expect(try await s3.headObject(bucket: "bucket", key: "k").byteCount == 16 << 20)
            for content in contents { #expect(try await content.bytes() == bytes) }
        }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9:80", true), ("localhost:9000", true), ("a.localhost", true),
        ("[::1]:9000", true),
        ("127.0.0.1.example.org", false), ("127.example", false), ("[::2]", false), ("localhost.example", false),
    ])
    func `What stays on the machine is told by its host`(_ host: String, _ isLoopback: Bool) throws {
        #expect(try Endpoint("http://\(host)").isLoopback == isLoopback)
        #expect(HTTPRequest(method: "GET", url: "http://\(host)/k?x=/y", headers: [:]).bypassesProxy == isLoopback)
        #expect(HTTPRequest(method: "GET", url: "http://\(host)?x", headers: [:]).bypassesProxy == isLoopback)
    }

    @Test func `A certificate that nobody trusts is refused`() async throws {
        let listener = try RawListener()
        listener.accept { _ = $0.readHead() }
        var request = Self.request(listener)
        request.url = "https://127.0.0.1:\(listener.port)/"
        let transport = CurlTransport(certificateAuthorities: "/nowhere.pem")
        let error = await #expect(throws: TransportError.self) { try await transport.send(request, to: AnswerKeeper()) }
        #expect(error?.kind == .untrusted)
    }

    @Test func `A cancelled request ends at once`() async throws {
        // libcurl itself looks up five times a second. A busy machine may hold up some requests, and hardly all.
        var times: [Duration] = []
        for _ in 0..<10 { times.append(try await Self.timeOfCancelling()) }
        #expect(try #require(times.min()) < .milliseconds(100), "\(times)")
    }

    /// From the call to the end of the connection, on threads that no other test holds up.
    private static func timeOfCancelling() async throws -> Duration {
        let listener = try RawListener()
        let sending = Mutex<Task<HTTPResponseHead, any Error>?>(nil)
        let isSending = DispatchSemaphore(value: 0)
        let (times, time) = AsyncStream<Duration>.makeStream()
        listener.accept { connection in
            _ = connection.readHead()
            isSending.wait()
            let start = ContinuousClock.now
            sending.withLock { $0?.cancel() }
            _ = connection.read(1)
            time.yield(ContinuousClock.now - start)
        }
        let task = Task {
            try await CurlTransport(certificateAuthorities: nil).send(request(listener), to: AnswerKeeper())
        }
        sending.withLock { $0 = task }
        isSending.signal()
        await #expect(throws: CancellationError.self) { try await task.value }
        return try #require(await times.first { _ in true })
    }
}
