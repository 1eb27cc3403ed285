import CofferModel
import CofferTestSupport
import Testing

@testable import CofferClient

struct MultipartTests {
    private static let partByteCount = 5 << 20

    @Test(arguments: S3Service.allCases)
    func `An upload is made of its parts`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let (first, second) = ([UInt8](repeating: 1, count: Self.partByteCount), [UInt8]("the end".utf8))
            try await s3.putObject(bucket: bucket, key: "source", body: Array("0123456789".utf8))
            let upload = try await s3.createMultipartUpload(
                bucket: bucket, key: "k ü", settings: ObjectSettings(contentType: "text/x"))
            #expect(try await s3.listMultipartUploads(bucket: bucket).collect().map(\.upload) == [upload])
            let parts = [
                try await s3.uploadPart(upload: upload, number: 1, body: first),
                try await s3.uploadPart(upload: upload, number: 2, body: second),
            ]
            let listed = try await s3.listParts(upload: upload).collect()
            #expect(listed.map(\.number) == [1, 2] && listed.map(\.eTag) == parts.map(\.eTag))
            try await s3.completeMultipartUpload(upload: upload, parts: parts)
            #expect(try await s3.getObject(bucket: bucket, key: "k ü").bytes() == first + second)
            #expect(try await s3.headObject(bucket: bucket, key: "k ü").contentType == "text/x")
            #expect(try await s3.listMultipartUploads(bucket: bucket).collect().isEmpty)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Parts are copied, and an upload can be given up`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            try await s3.putObject(bucket: bucket, key: "source", body: Array("0123456789".utf8))
            let upload = try await s3.createMultipartUpload(bucket: bucket, key: "copy")
            let part = try await s3.uploadPartCopy(
                upload: upload, number: 1, from: CopySource(bucket: bucket, key: "source"), range: 2..<6)
            try await s3.completeMultipartUpload(upload: upload, parts: [part])
            #expect(try await s3.getObject(bucket: bucket, key: "copy").bytes() == Array("2345".utf8))
            let other = try await s3.createMultipartUpload(bucket: bucket, key: "other")
            try await s3.abortMultipartUpload(upload: other)
            let error = await #expect(throws: S3Error.self) { try await s3.listParts(upload: other).collect() }
            #expect(error?.code == .noSuchUpload)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `A long object is copied in parts, with its settings`(_ service: S3Service) async throws {
        let bytes = TemporaryDirectory.pattern(11 << 20)
        try await service.with { s3, bucket in
            var settings = ObjectSettings(contentType: "text/x", metadata: ["k": "v"])
            settings.cacheControl = "no-cache"
            settings.tags = [Tag(key: "year", value: "2026")]
            try await s3.putObject(bucket: bucket, key: "source", body: bytes, settings: settings)
            var options = TransferOptions()
            options.partByteCount = Int64(Self.partByteCount)
            let written = try await s3.copy(
                from: CopySource(bucket: bucket, key: "source"),
                to: UploadTarget(bucket: bucket, key: "copy", settings: nil, condition: nil), options: options,
                wholeByteCount: 1 << 20, partByteCount: 5 << 20)
            #expect(written.eTag.value.hasSuffix("-3"))
            let copy = try await s3.getObject(bucket: bucket, key: "copy")
            #expect(copy.info.contentType == "text/x" && copy.info.metadata == ["k": "v"])
            #expect(copy.info.cacheControl == "no-cache")
            #expect(try await s3.getObjectTagging(bucket: bucket, key: "copy") == settings.tags)
            #expect(try await copy.bytes() == bytes)
            try await s3.copy(from: CopySource(bucket: bucket, key: "source"), bucket: bucket, key: "short")
            #expect(
                try await s3.headObject(bucket: bucket, key: "short").eTag
                    == s3.headObject(bucket: bucket, key: "source").eTag)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Attributes tell of an object and its parts`(_ service: S3Service) async throws {
        try await service.with(checksum: .sha256) { s3, bucket in
            let upload = try await s3.createMultipartUpload(bucket: bucket, key: "k")
            let parts = [
                try await s3.uploadPart(
                    upload: upload, number: 1, body: [UInt8](repeating: 1, count: Self.partByteCount)),
                try await s3.uploadPart(upload: upload, number: 2, body: [2]),
            ]
            let written = try await s3.completeMultipartUpload(upload: upload, parts: parts)
            let attributes = try await s3.getObjectAttributes(bucket: bucket, key: "k")
            #expect(attributes.eTag == written.eTag && attributes.byteCount == Int64(Self.partByteCount) + 1)
            #expect(attributes.checksums.map(\.algorithm) == [.sha256])
            if service == .coffer {
                // Moto tells of no parts.
                #expect(
                    attributes.partCount == 2 && attributes.parts.map(\.byteCount) == [Int64(Self.partByteCount), 1])
                #expect(attributes.parts.map(\.checksums) == parts.map(\.checksums))
            }
        }
    }

    @Test func `Ranges without bytes are not copied`() async throws {
        let service = try ScriptedService(ScriptedService.answer(body: "<R><ETag>a</ETag></R>"))
        let upload = MultipartUpload(bucket: "bucket", key: "k", id: "u")
        for range in [0..<0, 5..<5, -3..<2] as [Range<Int64>] {
            await #expect(throws: ConfigurationError.self) {
                try await service.client().uploadPartCopy(
                    upload: upload, number: 1, from: CopySource(bucket: "bucket", key: "s"), range: range)
            }
        }
        #expect(service.requests.isEmpty)
    }

    @Test(arguments: S3Service.allCases)
    func `Parts that others have uploaded make an object`(_ service: S3Service) async throws {
        try await service.with(checksum: nil) { s3, bucket in
            let upload = try await s3.createMultipartUpload(bucket: bucket, key: "k")
            let tag = try await s3.uploadPart(upload: upload, number: 1, body: [1, 2, 3]).eTag
            if service != .moto {
                // Moto does not look at the length.
                let error = await #expect(throws: S3Error.self) {
                    try await s3.completeMultipartUpload(
                        upload: upload, parts: [UploadedPart(number: 1, eTag: tag, byteCount: 4)])
                }
                #expect(error?.code.status == 400)
            }
            let unknown = try UploadedPart(number: 1, eTag: tag)
            try await s3.completeMultipartUpload(upload: upload, parts: [unknown])
            #expect(try await s3.getObject(bucket: bucket, key: "k").bytes() == [1, 2, 3])
        }
    }

    @Test func `The length of an object goes with its completion where it is known`() async throws {
        let service = try ScriptedService(ScriptedService.answer(body: "<R><ETag>a-2</ETag></R>"))
        let client = try service.client()
        let upload = MultipartUpload(bucket: "bucket", key: "k", id: "u")
        for last in [4, nil, Int64.max] {
            let parts = [
                try UploadedPart(number: 1, eTag: ETag("a"), byteCount: 3),
                try UploadedPart(number: 2, eTag: ETag("b"), byteCount: last),
            ]
            try await client.completeMultipartUpload(upload: upload, parts: parts)
        }
        let heads = service.requests.map { $0.lowercased() }
        #expect(heads.map { $0.contains("x-amz-mp-object-size: 7\r\n") } == [true, false, false])
        #expect(heads.map { $0.contains("x-amz-mp-object-size") } == [true, false, false])
    }

    @Test func `When a rule aborts an upload is told as it begins`() async throws {
        let service = try ScriptedService(
            ScriptedService.answer(
                "200 OK", "x-amz-abort-date: Fri, 21 Dec 2029 00:00:00 GMT", body: "<R><UploadId>u</UploadId></R>"))
        let upload = try await service.client().createMultipartUpload(bucket: "bucket", key: "k")
        #expect(upload.abortDate?.iso8601 == "2029-12-21T00:00:00.000Z")
        #expect(upload == MultipartUpload(bucket: "bucket", key: "k", id: "u"))
    }

    @Test func `Parts that there cannot be are refused`() async throws {
        let s3 = try S3Client(
            endpoint: "http://127.0.0.1:1", credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "s"))
        let upload = MultipartUpload(bucket: "bucket", key: "k", id: "u")
        for number in [-1, 0, 10_001] {
            #expect(throws: ConfigurationError.self) { try UploadedPart(number: number, eTag: ETag("a")) }
            await #expect(throws: ConfigurationError.self) {
                try await s3.uploadPart(upload: upload, number: number, body: [1])
            }
        }
        #expect(throws: ConfigurationError.self) { try UploadedPart(number: 1, eTag: ETag("a"), byteCount: -1) }
    }
}
