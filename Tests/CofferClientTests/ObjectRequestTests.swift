import CofferClient
import CofferModel
import CofferTestSupport
import Testing

struct ObjectRequestTests {
    private static let partByteCount: Int64 = 5 << 20

    private static func upload(_ s3: S3Client, _ bucket: BucketName) async throws -> [UInt8] {
        let first = TemporaryDirectory.pattern(partByteCount)
        let upload = try await s3.createMultipartUpload(bucket: bucket, key: "k")
        let parts = [
            try await s3.uploadPart(upload: upload, number: 1, body: first),
            try await s3.uploadPart(upload: upload, number: 2, body: [1, 2, 3]),
        ]
        try await s3.completeMultipartUpload(upload: upload, parts: parts)
        return first
    }

    @Test(arguments: S3Service.allCases)
    func `A part is read of an object that has some`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let first = try await Self.upload(s3, bucket)
            if service == .moto {
                // Moto answers with all of the object.
                let error = await #expect(throws: TransportError.self) {
                    try await s3.getObject(bucket: bucket, key: "k", request: ObjectRequest(portion: .part(2)))
                }
                #expect(error?.kind == .badResponse)
            } else {
                let part = try await s3.getObject(bucket: bucket, key: "k", request: ObjectRequest(portion: .part(2)))
                #expect(part.info.partCount == 2 && part.info.byteCount == Int64(first.count) + 3)
                #expect(part.info.range == Int64(first.count)..<Int64(first.count) + 3)
                #expect(try await part.bytes() == [1, 2, 3])
                #expect(
                    try await s3.getObject(bucket: bucket, key: "k", request: ObjectRequest(portion: .part(1))).bytes()
                        == first)
            }
            let head = try await s3.headObject(bucket: bucket, key: "k", request: ObjectRequest(portion: .part(1)))
            #expect(head.partCount == 2)
            await #expect(throws: S3Error.self) {
                try await s3.headObject(bucket: bucket, key: "k", request: ObjectRequest(portion: .part(3)))
            }
        }
    }

    @Test(arguments: S3Service.allCases)
    func `An object in one piece has one part`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            try await s3.putObject(bucket: bucket, key: "k", body: [1, 2])
            #expect(
                try await s3.getObject(bucket: bucket, key: "k", request: ObjectRequest(portion: .part(1))).bytes() == [
                    1, 2,
                ])
        }
    }

    @Test func `A part whose connection breaks is read to its end, and no further`() async throws {
        try await CofferFixture.with { fixture in
            try await fixture.client().createBucket(bucket: "bucket")
            let transport = FaultyTransport { request, count in
                request.method == "GET" && count == 0 ? .breakAfter(1000) : nil
            }
            let s3 = try fixture.client { options in
                options.transport = transport
                options.retries.firstPauseSeconds = 0.001
            }
            let first = try await Self.upload(s3, "bucket")
            #expect(
                try await s3.getObject(bucket: "bucket", key: "k", request: ObjectRequest(portion: .part(1))).bytes()
                    == first)
            #expect(transport.sent("GET").count == 2)
        }
    }

    @Test func `A service that answers everything is not believed to answer a part`() async throws {
        let service = try ScriptedService(
            ScriptedService.answer("200 OK", "etag: \"a\"", "x-amz-mp-parts-count: 2", body: "0123456789"))
        for number in [1, 2] {
            let error = await #expect(throws: TransportError.self) {
                try await service.client().getObject(
                    bucket: "bucket", key: "k", request: ObjectRequest(portion: .part(number)))
            }
            #expect(error?.kind == .badResponse)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `An answer has the fields that were asked for`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            try await s3.putObject(
                bucket: bucket, key: "k", body: [1, 2, 3], settings: ObjectSettings(contentType: "text/csv"))
            var request = ObjectRequest(portion: .range(.from(1, through: 1)))
            request.responseHeaders = ["Content-Type": "text/x; a=\"b c\"", "content-disposition": "attachment"]
            let content = try await s3.getObject(bucket: bucket, key: "k", request: request)
            #expect(content.info.contentType == "text/x; a=\"b c\"" && content.info.contentDisposition == "attachment")
            #expect(try await content.bytes() == [2])
            if service != .moto {
                // Moto does so for GET alone.
                #expect(
                    try await s3.headObject(bucket: bucket, key: "k", request: request).contentDisposition
                        == "attachment")
            }
        }
    }

    @Test func `What cannot be asked for throws`() async throws {
        let s3 = try S3Client(
            endpoint: "http://127.0.0.1:1", credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "s"))
        for number in [-1, 0, 10_001] {
            await #expect(throws: ConfigurationError.self) {
                try await s3.getObject(bucket: "bucket", key: "k", request: ObjectRequest(portion: .part(number)))
            }
        }
        var request = ObjectRequest()
        request.responseHeaders = ["etag": "a"]
        await #expect(throws: ConfigurationError.self) {
            try await s3.headObject(bucket: "bucket", key: "k", request: request)
        }
        await #expect(throws: ConfigurationError.self) {
            try await s3.presignedGet(bucket: "bucket", key: "k", responseHeaders: ["etag": "a"])
        }
    }
}
