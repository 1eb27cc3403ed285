import CofferClient
import CofferModel
import CofferTestSupport
import Testing

struct CustomerKeyTests {
    private static func key(_ byte: UInt8) throws -> CustomerKey {
        try CustomerKey([UInt8](repeating: byte, count: 32))
    }

    /// Not asked of moto, which takes any key for any object.
    @Test(arguments: [S3Service.coffer, .cofferByURLSession])
    func `What is written with a key is read with it alone`(_ service: S3Service) async throws {
        let directory = try TemporaryDirectory()
        let bytes = try directory.file("file", byteCount: 12 << 20)
        let options = TransferOptions(partByteCount: 5 << 20)
        try await service.with { s3, bucket in
            let secret = s3.encrypting(with: try Self.key(1))
            try await secret.putObject(bucket: bucket, key: "small", body: Array("secret".utf8))
            #expect(try await secret.getObject(bucket: bucket, key: "small").bytes() == Array("secret".utf8))
            let written = try await secret.upload(
                file: directory.path("file"), bucket: bucket, key: "long", options: options)
            #expect(written.eTag.value.hasSuffix("-3"))
            try await secret.download(bucket: bucket, key: "long", to: directory.path("copy"), options: options)
            #expect(try directory.bytes("copy") == bytes)
            #expect(try await secret.getObjectAttributes(bucket: bucket, key: "long").byteCount == 12 << 20)
            for key in ["small", "long"] as [ObjectKey] {
                let none = await #expect(throws: S3Error.self) { try await s3.getObject(bucket: bucket, key: key) }
                #expect(none?.code.status == 400)
                let other = s3.encrypting(with: try Self.key(2))
                let wrong = await #expect(throws: S3Error.self) { try await other.getObject(bucket: bucket, key: key) }
                #expect(wrong?.code == .accessDenied)
            }
        }
    }

    @Test func `A copy has a key of its own`() async throws {
        try await S3Service.coffer.with { s3, bucket in
            let first = s3.encrypting(with: try Self.key(1))
            let second = s3.encrypting(with: try Self.key(2))
            try await first.putObject(bucket: bucket, key: "a", body: Array("secret".utf8))
            let source = CopySource(bucket: bucket, key: "a", customerKey: try Self.key(1))
            try await second.copyObject(from: source, bucket: bucket, key: "b")
            #expect(try await second.getObject(bucket: bucket, key: "b").bytes() == Array("secret".utf8))
            try await s3.copy(from: source, bucket: bucket, key: "plain")
            #expect(try await s3.getObject(bucket: bucket, key: "plain").bytes() == Array("secret".utf8))
            let upload = try await second.createMultipartUpload(bucket: bucket, key: "c")
            let part = try await second.uploadPartCopy(upload: upload, number: 1, from: source)
            try await second.completeMultipartUpload(upload: upload, parts: [part])
            #expect(try await second.getObject(bucket: bucket, key: "c").bytes() == Array("secret".utf8))
        }
    }

    @Test func `A key has 32 bytes, and is in no description`() throws {
        #expect(throws: ConfigurationError.self) { try CustomerKey([1, 2, 3]) }
        let key = try Self.key(65)
        let client = try S3Client(endpoint: "http://127.0.0.1:1", credentials: .anonymous).encrypting(with: key)
        var dumped = ""
        dump(client, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped, "\(client)"] {
            #expect(!text.contains("65") && !text.contains("QUFB"), "\(text)")
        }
    }
}
