import CofferClient
import CofferModel
import CofferServer
import CofferSystem
import CofferTestSupport
import Synchronization
import Testing

struct RetryTests {
    /// Our server behind a transport that spoils some requests.
    private struct Faulty {
        var retries = RetryPolicy(attemptCount: 4, firstPauseSeconds: 0.001)
        let fault: @Sendable (_ request: HTTPRequest, _ count: Int) -> FaultyTransport.Fault?

        func with(_ test: (S3Client, FaultyTransport) async throws -> Void) async throws {
            try await CofferFixture.with { fixture in
                try await fixture.client().createBucket(bucket: "bucket")
                let transport = FaultyTransport(fault)
                let client = try fixture.client {
                    $0.transport = transport
                    $0.retries = retries
                }
                try await test(client, transport)
            }
        }
    }

    @Test(arguments: [(500, "InternalError"), (503, "SlowDown"), (503, "ServiceUnavailable"), (502, ""), (504, "")])
    func `What fails for a passing reason is tried again`(_ status: Int, _ code: String) async throws {
        try await Faulty { request, count in
            request.method == "PUT" && count < 3 ? .status(status, code: code) : nil
        }.with { s3, transport in
            try await s3.putObject(bucket: "bucket", key: "k", body: Array("once".utf8))
            #expect(transport.sent("PUT").count == 4)
            #expect(try await s3.getObject(bucket: "bucket", key: "k").bytes() == Array("once".utf8))
        }
    }

    @Test func `It is tried no more often than asked for`() async throws {
        try await Faulty { _, _ in .status(503, code: "SlowDown") }.with { s3, transport in
            let error = await #expect(throws: S3Error.self) {
                try await s3.putObject(bucket: "bucket", key: "k", body: [])
            }
            #expect(error?.code == .slowDown && error?.requestID == "OF-THE-TEST")
            #expect(transport.sent("PUT").count == 4)
        }
    }

    @Test func `What is wrong with the request is not tried again`() async throws {
        try await Faulty { _, _ in nil }.with { s3, transport in
            await #expect(throws: S3Error.self) { try await s3.getObject(bucket: "bucket", key: "missing") }
            #expect(transport.sent("GET").count == 1)
        }
    }

    @Test func `A connection that cannot be made is tried again`() async throws {
        try await Faulty { _, count in count < 2 ? .noConnection : nil }.with { s3, transport in
            try await s3.putObject(bucket: "bucket", key: "k", body: [1])
            #expect(transport.sent("PUT").count == 3)
        }
    }

    @Test func `A read that breaks off goes on where it broke off`() async throws {
        let bytes = TemporaryDirectory.pattern(3_000_000)
        try await Faulty { request, count in
            request.method == "GET" && count < 6 ? .breakAfter(400_000) : nil
        }.with { s3, transport in
            try await s3.putObject(bucket: "bucket", key: "k", body: bytes)
            #expect(try await s3.getObject(bucket: "bucket", key: "k").bytes() == bytes)
            let ranges = transport.sent("GET").map { $0.headers.first { $0.name == "range" }?.value }
            #expect(ranges.prefix(3) == [nil, "bytes=400000-2999999", "bytes=800000-2999999"])
            let middle = try await s3.getObject(bucket: "bucket", key: "k", range: .from(10, through: 1_000_000))
                .bytes()
            #expect(middle == Array(bytes[10...1_000_000]))
        }
    }

    @Test func `A read that goes on with another object throws`() async throws {
        try await CofferFixture.with { fixture in
            let plain = try fixture.client()
            try await plain.createBucket(bucket: "bucket")
            try await plain.putObject(bucket: "bucket", key: "k", body: TemporaryDirectory.pattern(8_000_000))
            let broken = try fixture.client {
                $0.transport = FaultyTransport { _, count in count == 0 ? .breakAfter(4_000_000) : nil }
            }
            // Nothing breaks before the first bytes are read: fewer than that wait for their reader.
            let content = try await broken.getObject(bucket: "bucket", key: "k")
            try await plain.putObject(bucket: "bucket", key: "k", body: [1])
            let error = await #expect(throws: S3Error.self) { _ = try await content.bytes() }
            #expect(error?.code == .preconditionFailed)
        }
    }

    @Test func `A damaged body throws at its end`() async throws {
        try await Faulty { request, _ in request.method == "GET" ? .flip : nil }.with { s3, _ in
            try await s3.putObject(bucket: "bucket", key: "k", body: [1, 2, 3])
            let error = await #expect(throws: TransportError.self) {
                _ = try await s3.getObject(bucket: "bucket", key: "k").bytes()
            }
            #expect(error?.kind == .damaged)
        }
    }

    @Test(arguments: [ChecksumAlgorithm.crc32, nil])
    func `An upload whose completion was done and not heard of is complete`(_ checksum: ChecksumAlgorithm?) async throws
    {
        try await CofferFixture.with { fixture in
            let transport = FaultyTransport { request, count in
                request.url.contains("uploadId=") && request.method == "POST" && count == 1 ? .loseAnswer : nil
            }
            let s3 = try fixture.client {
                $0.transport = transport
                $0.checksum = checksum
            }
            try await s3.createBucket(bucket: "bucket")
            let upload = try await s3.createMultipartUpload(bucket: "bucket", key: "k")
            let part = try await s3.uploadPart(upload: upload, number: 1, body: [1, 2, 3])
            let written = try await s3.completeMultipartUpload(upload: upload, parts: [part], if: .absent)
            #expect(transport.sent("POST").count == 3)
            let info = try await s3.headObject(bucket: "bucket", key: "k")
            #expect(written.eTag == info.eTag && info.byteCount == 3)
        }
    }

    @Test func `A conditional write that was done and not heard of is not taken for another's`() async throws {
        try await Faulty { request, count in
            request.method == "PUT" && count == 0 ? .loseAnswer : nil
        }.with { s3, transport in
            let error = await #expect(throws: TransportError.self) {
                try await s3.putObject(bucket: "bucket", key: "lock", body: Array("mine".utf8), if: .absent)
            }
            #expect(error?.kind == .interrupted && error?.description.contains("not known") == true)
            #expect(transport.sent("PUT").count == 2)
            let written = try await s3.getObject(bucket: "bucket", key: "lock").bytes()
            #expect(written == Array("mine".utf8))
            // Whose answer is not lost is another's.
            let refusal = await #expect(throws: S3Error.self) {
                try await s3.putObject(bucket: "bucket", key: "lock", body: [], if: .absent)
            }
            #expect(refusal?.code == .preconditionFailed)
        }
    }

    @Test func `An upload that is gone and has made no object is missed`() async throws {
        try await CofferFixture.with { fixture in
            let s3 = try fixture.client()
            try await s3.createBucket(bucket: "bucket")
            let upload = try await s3.createMultipartUpload(bucket: "bucket", key: "k")
            let part = try await s3.uploadPart(upload: upload, number: 1, body: [1, 2, 3])
            try await s3.abortMultipartUpload(upload: upload)
            for _ in 0..<2 {
                let error = await #expect(throws: S3Error.self) {
                    try await s3.completeMultipartUpload(upload: upload, parts: [part])
                }
                #expect(error?.code == .noSuchUpload)
                // Nor is it made by what somebody else writes.
                try await s3.putObject(bucket: "bucket", key: "k", body: [1, 2, 4])
            }
        }
    }

    @Test(arguments: [-7200, 7200] as [Int64])
    func `A clock that is wrong is set by the service's`(_ seconds: Int64) async throws {
        try await CofferFixture.with { fixture in
            let transport = FaultyTransport()
            let s3 = try fixture.client {
                $0.transport = transport
                $0.clock = ServiceClock(
                    milliseconds: { SystemTime.milliseconds + seconds * 1000 }, nanoseconds: { SystemTime.nanoseconds })
            }
            try await s3.createBucket(bucket: "bucket")
            try await s3.putObject(bucket: "bucket", key: "k", body: [1])
            // Once to learn it, and never again, also not for HEAD, whose errors say nothing.
            #expect(transport.sent("PUT").count == 3)
            #expect(try await s3.headObject(bucket: "bucket", key: "k").byteCount == 1)
            #expect(transport.sent("HEAD").count == 1)
        }
    }

    @Test func `A bucket in another region is spoken to there`() async throws {
        let configure: (inout ServerConfiguration) -> Void = {
            $0.region = "eu-west-1"
            $0.isRegionStrict = true
        }
        try await CofferFixture.with(configure) { fixture in
            let transport = FaultyTransport()
            let s3 = try fixture.client { $0.transport = transport }
            #expect(s3.region == "us-east-1")
            try await s3.createBucket(bucket: "bucket")
            try await s3.putObject(bucket: "bucket", key: "k", body: Array("1,2".utf8))
            // Once to learn it.
            #expect(transport.sent("PUT").count == 3)
            #expect(try await s3.presignedGet(bucket: "bucket", key: "k").contains("eu-west-1"))
            await #expect(throws: S3Error.self) { try await s3.listBuckets().collect() }
        }
    }

    @Test(arguments: ["eu-west-1.evil.example/", "", "EU"])
    func `What is no name of a region leads nowhere`(_ region: String) async throws {
        try await CofferFixture.with { fixture in
            let transport = FaultyTransport { _, _ in
                .status(301, code: "PermanentRedirect</Code><Region>\(region)</Region><Code>")
            }
            let s3 = try fixture.client { $0.transport = transport }
            let error = await #expect(throws: S3Error.self) { try await s3.headBucket(bucket: "bucket") }
            #expect(error?.code.name == "PermanentRedirect" && transport.sent("HEAD").count == 1)
        }
    }

    /// On a socket: the first connection breaks within the body, the second one is answered.
    @Test func `An upload whose connection breaks is sent again as a whole`() async throws {
        let listener = try RawListener()
        let count = 1 << 20
        let received = Mutex<[UInt8]>([])
        listener.accept { connection in
            _ = connection.readHead()
            _ = connection.read(1000)
        }
        listener.accept { connection in
            _ = connection.readHead()
            received.withLock { $0 = connection.read(count) }
            connection.write("HTTP/1.1 200 OK\r\netag: \"of-the-test\"\r\ncontent-length: 0\r\n\r\n")
        }
        let s3 = try S3Client(
            endpoint: "http://127.0.0.1:\(listener.port)",
            credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "secret"))
        let bytes = TemporaryDirectory.pattern(Int64(count))
        let written = try await s3.putObject(bucket: "bucket", key: "k", body: bytes)
        #expect(written.eTag.value == "of-the-test")
        let isSame = received.withLock { $0 == bytes }
        #expect(isSame)
    }

    @Test func `An error in an answer that began well is thrown`() async throws {
        let faulty = Faulty(retries: .none) { request, _ in
            request.headers.contains { $0.name == "x-amz-copy-source" } ? .status(200, code: "InternalError") : nil
        }
        try await faulty.with { s3, _ in
            try await s3.putObject(bucket: "bucket", key: "k", body: [1])
            let error = await #expect(throws: S3Error.self) {
                try await s3.copyObject(from: CopySource(bucket: "bucket", key: "k"), bucket: "bucket", key: "copy")
            }
            #expect(error?.code == .internalError && error?.message == "Later.")
        }
    }
}
