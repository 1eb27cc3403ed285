import CofferModel
import CofferTestSupport
import Foundation
import Testing

@testable import CofferClient

/// Services that answer what none should: nothing of it may be taken for an object's bytes, or for an empty listing.
struct BrokenServiceTests {
    @Test func `An upload that is cancelled before it is known is aborted when it is`() async throws {
        let listener = try RawListener()
        let (begun, hasBegun) = AsyncStream<Void>.makeStream()
        let (ended, hasEnded) = AsyncStream<String>.makeStream()
        let mayAnswer = DispatchSemaphore(value: 0)
        let made = "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"
        listener.accept { connection in
            _ = connection.readHead()
            hasBegun.yield()
            mayAnswer.wait()
            connection.write(ScriptedService.answer(body: made))
        }
        let client = try S3Client(
            endpoint: "http://127.0.0.1:\(listener.port)", region: "us-east-1",
            credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "s"))
        let upload = Task {
            try await client.upload(bytes: [UInt8](repeating: 1, count: 20 << 20), bucket: "bucket", key: "k")
        }
        for await _ in begun { break }
        upload.cancel()
        listener.accept { connection in
            hasEnded.yield(connection.readHead())
            connection.write(ScriptedService.answer("204 No Content"))
        }
        mayAnswer.signal()
        await #expect(throws: CancellationError.self) { try await upload.value }
        for await head in ended {
            #expect(head.hasPrefix("DELETE /bucket/k?uploadId=u1 "))
            break
        }
    }

    @Test(arguments: [
        ("200 OK", "etag: \"a\"", "0123456789"), ("206 Partial Content", "content-range: bytes 3-7/10", "34567"),
        ("206 Partial Content", "content-range: bytes 5-9/10\r\netag: \"b\"", "56789"),
    ])
    func `A read that breaks off takes nothing but the rest`(_ status: String, _ header: String, _ body: String)
        async throws
    {
        let service = try ScriptedService(
            ScriptedService.answer("200 OK", "etag: \"a\"", length: 10, body: "01234"),
            ScriptedService.answer(status, header, body: body))
        let content = try await service.client().getObject(bucket: "bucket", key: "k")
        let error = await #expect(throws: TransportError.self) { try await content.bytes() }
        #expect(error?.kind == .badResponse)
        #expect(service.requests.count == 2)
    }

    @Test(arguments: [
        ByteRange.from(5, through: 7), .from(5, through: nil), .from(5, through: 3), .from(-5, through: 3), .suffix(3),
        .suffix(-3),
    ])
    func `A service that answers another range than was asked for is not believed`(_ range: ByteRange) async throws {
        let service = try ScriptedService(ScriptedService.answer("200 OK", "etag: \"a\"", body: "0123456789"))
        let error = await #expect(throws: TransportError.self) {
            try await service.client().getObject(bucket: "bucket", key: "k", range: range)
        }
        #expect(error?.kind == .badResponse)
    }

    @Test func `A part of an object is not taken for all of it`() async throws {
        let service = try ScriptedService(
            ScriptedService.answer("206 Partial Content", "etag: \"a\"", "content-range: bytes 0-4/10", body: "01234"))
        let error = await #expect(throws: TransportError.self) {
            try await service.client().getObject(bucket: "bucket", key: "k").bytes()
        }
        #expect(error?.kind == .badResponse)
    }

    @Test func `An object whose end nobody could tell from a broken connection is not read`() async throws {
        let service = try ScriptedService("HTTP/1.1 200 OK\r\netag: \"a\"\r\nconnection: close\r\n\r\nhalf of it")
        let error = await #expect(throws: TransportError.self) {
            try await service.client().getObject(bucket: "bucket", key: "k").bytes()
        }
        #expect(error?.kind == .badResponse)
    }

    @Test(.timeLimit(.minutes(10)))
    func `Who reads what another reads already is told so`() async throws {
        let listener = try RawListener()
        let mayEnd = DispatchSemaphore(value: 0)
        listener.accept { connection in
            _ = connection.readHead()
            connection.write(ScriptedService.answer("200 OK", "etag: \"a\"", length: 4, body: "0"))
            mayEnd.wait()
            connection.write("123")
        }
        let client = try S3Client(
            endpoint: "http://127.0.0.1:\(listener.port)", region: "us-east-1",
            credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "s"))
        let content = try await client.getObject(bucket: "bucket", key: "k")
        let readers = (0..<2).map { _ in
            Task {
                defer { mayEnd.signal() }
                return try await content.bytes().count
            }
        }
        var failures = 0
        for reader in readers {
            do { #expect(try await reader.value >= 3) } catch is TransportError { failures += 1 }
        }
        #expect(failures == 1)
    }

    @Test func `A copy says that it has no body`() async throws {
        let service = try ScriptedService(ScriptedService.answer(body: "<R><ETag>a</ETag></R>"))
        let client = try service.client()
        let source = CopySource(bucket: "bucket", key: "source")
        try await client.copyObject(from: source, bucket: "bucket", key: "k")
        _ = try await client.uploadPartCopy(
            upload: MultipartUpload(bucket: "bucket", key: "k", id: "u"), number: 1, from: source)
        #expect(service.requests.count == 2)
        for head in service.requests { #expect(head.lowercased().contains("\r\ncontent-length: 0\r\n")) }
    }

    @Test func `Pauses of less than no time are none`() async throws {
        var retries = RetryPolicy(attemptCount: 2, firstPauseSeconds: -1)
        try await retries.pause(after: 1, isThrottled: false)
        (retries.firstPauseSeconds, retries.longestPauseSeconds) = (.nan, .infinity)
        try await retries.pause(after: 1, isThrottled: true)
    }

    @Test(arguments: [
        "bytes 0-9223372036854775807/10", "bytes -1--1/-5", "bytes */-5", "bytes 0-4/-5", "bytes 5-4/9", "bytes a-b/c",
    ])
    func `Ranges that are none are not taken`(_ text: String) {
        let info = ObjectInfo(HTTPResponseHead(status: 206, headers: ["content-range": text]))
        #expect(info.byteCount >= 0)
        if let range = info.range { #expect(range == 0..<5) }
    }

    /// There is no composite CRC64NVME, and no SHA256 of the full object of parts.
    @Test func `Checksums that there are not verify nothing, and end nothing`() async throws {
        let directory = try TemporaryDirectory()
        let service = try ScriptedService(
            ScriptedService.answer(
                "200 OK", "x-amz-checksum-crc64nvme: AAAAAAAAAAA=-1", "x-amz-checksum-type: COMPOSITE", "etag: \"a\"",
                body: "abc"))
        try await service.client().download(bucket: "bucket", key: "k", to: directory.path("file"))
        #expect(try directory.bytes("file") == Array("abc".utf8))

        let bytes = TemporaryDirectory.pattern(11 << 20)
        try await CofferFixture.with { fixture in
            let transport = FaultyTransport { request, _ in
                guard request.method == "GET", request.url.contains("uploadId=") else { return nil }
                return .rewrite { $0.replacing("COMPOSITE", with: "FULL_OBJECT") }
            }
            let s3 = try fixture.client {
                $0.checksum = .sha256
                $0.transport = transport
            }
            try await s3.createBucket(bucket: "bucket")
            let upload = try await s3.createMultipartUpload(bucket: "bucket", key: "k")
            _ = try await s3.uploadPart(upload: upload, number: 1, body: Array(bytes.prefix(5 << 20)))
            try await s3.upload(
                bytes: bytes, bucket: "bucket", key: "k",
                options: TransferOptions(partByteCount: 5 << 20, resumes: true))
            #expect(transport.sent("PUT").count == 4)
            #expect(try await s3.getObject(bucket: "bucket", key: "k").bytes() == bytes)
        }
    }

    /// Its process is stopped, as far as the client can tell: it takes requests and answers nothing.
    @Test func `Cancelling an upload does not wait for a service that hangs`() async throws {
        try await CofferFixture.with { fixture in
            let hasBegun = DispatchSemaphore(value: 0)
            let transport = FaultyTransport { request, _ in
                guard request.url.contains("uploadId=") else { return nil }
                hasBegun.signal()
                return .hang
            }
            let s3 = try fixture.client { $0.transport = transport }
            try await s3.createBucket(bucket: "bucket")
            let upload = Task {
                try await s3.upload(bytes: TemporaryDirectory.pattern(20 << 20), bucket: "bucket", key: "k")
            }
            try await offPool { hasBegun.wait() }
            let start = ContinuousClock.now
            upload.cancel()
            await #expect(throws: CancellationError.self) { try await upload.value }
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(transport.sent("DELETE").count == 1)
        }
    }

    @Test func `A file is not replaced by an object of unknown length`() async throws {
        let service = try ScriptedService("HTTP/1.1 200 OK\r\netag: \"a\"\r\nconnection: close\r\n\r\n")
        let directory = try TemporaryDirectory()
        try directory.write("as it was", to: "f")
        let error = await #expect(throws: TransportError.self) {
            try await service.client().download(bucket: "bucket", key: "k", to: directory.path("f"))
        }
        #expect(error?.kind == .badResponse)
        #expect(try directory.bytes("f") == Array("as it was".utf8))
        #expect(try directory.names() == ["f"])
    }

    @Test func `A file that is replaced keeps its rights, but not those to run as its owner`() async throws {
        let answer = ScriptedService.answer("200 OK", "etag: \"a\"", body: "new")
        let service = try ScriptedService(ScriptedService.answer("200 OK", "etag: \"a\"", length: 3), answer)
        let directory = try TemporaryDirectory()
        try directory.write("old", to: "f")
        #expect(chmod(directory.path("f"), 0o4750) == 0)
        try await service.client().download(bucket: "bucket", key: "k", to: directory.path("f"))
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.path("f"))
        #expect(attributes[.posixPermissions] as? Int == 0o750)
        #expect(try directory.bytes("f") == Array("new".utf8))
    }

    @Test(arguments: ["a\r\nx-amz-acl: public-read", "a\nb", "a\0b"])
    func `A header's value cannot become another header`(_ value: String) async throws {
        let service = try ScriptedService(ScriptedService.answer("200 OK", "etag: \"a\""))
        let settings = ObjectSettings(metadata: ["name": value])
        await #expect(throws: ConfigurationError.self) {
            try await service.client().putObject(bucket: "bucket", key: "k", body: [], settings: settings)
        }
        await #expect(throws: ConfigurationError.self) {
            try await service.client().putObject(
                bucket: "bucket", key: "k", body: [], settings: ObjectSettings(metadata: [value: "a"]))
        }
        #expect(service.requests.isEmpty)
    }

    @Test func `Parts that nobody may ask for do not keep an object from being read`() async throws {
        try await CofferFixture.with { fixture in
            try await fixture.client().createBucket(bucket: "bucket")
            let client = try fixture.client { options in
                options.checksum = .sha256
                options.transport = FaultyTransport { request, _ in
                    request.url.contains("attributes") ? .status(403, code: "AccessDenied") : nil
                }
            }
            let upload = try await client.createMultipartUpload(bucket: "bucket", key: "k")
            let part = try await client.uploadPart(upload: upload, number: 1, body: Array("bytes".utf8))
            try await client.completeMultipartUpload(upload: upload, parts: [part])
            let directory = try TemporaryDirectory()
            try await client.download(bucket: "bucket", key: "k", to: directory.path("f"))
            #expect(try directory.bytes("f") == Array("bytes".utf8))
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `A request that waits for a connection can be cancelled`() async throws {
        let listener = try RawListener()
        let release = DispatchSemaphore(value: 0)
        defer { release.signal() }
        let (arrived, arrival) = AsyncStream<Void>.makeStream()
        listener.accept { connection in
            _ = connection.readHead()
            arrival.yield()
            release.wait()
        }
        let transport = CurlTransport(certificateAuthorities: nil, requestLimit: 1)
        let request = HTTPRequest(method: "GET", url: "http://127.0.0.1:\(listener.port)/", headers: [:])
        let first = Task { try await transport.send(request, to: ResponseReceiver(nil)) }
        for await _ in arrived { break }
        let second = Task { try await transport.send(request, to: ResponseReceiver(nil)) }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        let third = Task { try await transport.send(request, to: ResponseReceiver(nil)) }
        while !transport.hasWaiting { try await Task.sleep(for: .milliseconds(1)) }
        third.cancel()
        await #expect(throws: CancellationError.self) { try await third.value }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
    }
}
