import CofferClient
import CofferModel
import CofferTestSupport
import CofferURLSession
import Foundation
import Synchronization
import Testing

/// What the transport refuses, and how it fails; that it works is tested with the services.
struct URLSessionTransportTests {
    private static func request(_ listener: RawListener, _ target: String = "/") -> HTTPRequest {
        HTTPRequest(
            method: "GET", url: "http://127.0.0.1:\(listener.port)\(target)",
            headers: ["host": "127.0.0.1:\(listener.port)"])
    }

    private static func error(
        of request: HTTPRequest, _ transport: URLSessionTransport = URLSessionTransport()
    ) async -> TransportError? {
        await #expect(throws: TransportError.self) { try await transport.send(request, to: AnswerKeeper()) }
    }

    @Test func `What URLSession would change is refused`() async throws {
        let compressed: [UInt8] = [
            0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 7, 0, 0x86, 0xa6, 0x10, 0x36, 5, 0, 0, 0,
        ]
        try await S3Service.cofferByURLSession.with { s3, bucket in
            for key: ObjectKey in ["a/../b", "./a", "a/."] {
                let error = await #expect(throws: TransportError.self) {
                    try await s3.putObject(bucket: bucket, key: key, body: [1])
                }
                #expect(error?.kind == .unusable)
            }
            var settings = ObjectSettings()
            settings.contentEncoding = "gzip"
            try await s3.putObject(bucket: bucket, key: "hello.gz", body: compressed, settings: settings)
            #expect(try await s3.headObject(bucket: bucket, key: "hello.gz").contentEncoding == "gzip")
            let error = await #expect(throws: TransportError.self) {
                try await s3.getObject(bucket: bucket, key: "hello.gz").bytes()
            }
            #expect(error?.kind == .unusable)
            #expect(try await s3.listObjects(bucket: bucket).collect().map(\.key) == ["hello.gz"])
        }
    }

    @Test func `What is written without a content type has S3's own`() async throws {
        try await S3Service.cofferByURLSession.with { s3, bucket in
            try await s3.putObject(bucket: bucket, key: "k", body: [1])
            #expect(try await s3.headObject(bucket: bucket, key: "k").contentType == "binary/octet-stream")
        }
    }

    @Test func `Redirects are not followed`() async throws {
        let listener = try RawListener()
        listener.accept { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 307 Elsewhere\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\n\r\nno")
        }
        let receiver = AnswerKeeper()
        let head = try await URLSessionTransport().send(Self.request(listener), to: receiver)
        #expect(head.status == 307 && head["location"] == "http://127.0.0.1:1/")
    }

    @Test func `What is wrong with a connection is told by its kind`() async throws {
        var refused = HTTPRequest(method: "GET", url: "http://127.0.0.1:1/?X-Amz-Signature=abc", headers: [:])
        let error = await Self.error(of: refused)
        #expect(error?.kind == .cannotConnect && error?.description.contains("abc") == false)
        refused.url = "http://nowhere.invalid/"
        #expect(await Self.error(of: refused)?.kind == .cannotConnect)
        let listener = try RawListener()
        listener.accept { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab")
        }
        #expect(await Self.error(of: Self.request(listener))?.kind == .interrupted)
        listener.accept { connection in
            _ = connection.readHead()
            _ = connection.read(1)
        }
        let transport = URLSessionTransport(silenceSeconds: 1)
        #expect(await Self.error(of: Self.request(listener), transport)?.kind == .timedOut)
    }

    @Test func `An answer of which too much waits for its receiver is broken off`() async throws {
        let listener = try RawListener()
        let (ends, end) = AsyncStream<Void>.makeStream()
        listener.accept { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n")
            connection.writeUntilClosed()
            end.yield()
        }
        let receiver = BlockedReceiver()
        let task = Task { try await URLSessionTransport().send(Self.request(listener), to: receiver) }
        _ = await ends.first { _ in true }
        receiver.isFree.signal()
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(error?.kind == .interrupted)
        // What waited is handed over before the error, so that its receiver knows where to go on.
        let received = receiver.byteCount.withLock { $0 }
        #expect(received > 31 << 20 && received <= 32 << 20)
    }

    @Test func `An object that is read slowly comes whole, by several requests`() async throws {
        let bytes = TemporaryDirectory.pattern(80 << 20)
        try await S3Service.cofferByURLSession.with { s3, bucket in
            try await s3.upload(bytes: bytes, bucket: bucket, key: "k")
            var read: [UInt8] = []
            for try await piece in try await s3.getObject(bucket: bucket, key: "k") {
                // Until more has come than may wait.
                if read.isEmpty { try await Task.sleep(for: .seconds(1)) }
                read += piece
            }
            #expect(read == bytes)
        }
    }

    @Test func `Cancelling ends a request`() async throws {
        let listener = try RawListener()
        let (ends, end) = AsyncStream<Void>.makeStream()
        let (starts, start) = AsyncStream<Void>.makeStream()
        listener.accept { connection in
            _ = connection.readHead()
            start.yield()
            _ = connection.read(1)
            end.yield()
        }
        let task = Task { try await URLSessionTransport().send(Self.request(listener), to: AnswerKeeper()) }
        _ = await starts.first { _ in true }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        _ = await ends.first { _ in true }
    }

    /// Takes nothing in until it is freed.
    private final class BlockedReceiver: HTTPReceiver {
        let isFree = DispatchSemaphore(value: 0)
        let byteCount = Mutex(0)

        func begin(_ head: HTTPResponseHead) throws {}
        func receive(_ bytes: Span<UInt8>) throws {
            isFree.wait()
            isFree.signal()
            byteCount.withLock { $0 += bytes.count }
        }
    }
}
