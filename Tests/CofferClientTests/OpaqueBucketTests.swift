import CofferClient
import CofferModel
import Testing

/// Buckets whose names the present rules refuse.
struct OpaqueBucketTests {
    @Test func `A listing leaves out no bucket, whatever its name`() async throws {
        let names = ["My_Legacy_Bucket", "books", "point-abcdefs3alias-s3alias", "ab"]
        let buckets = names.map { "<Bucket><Name>\($0)</Name></Bucket>" }.joined()
        let service = try ScriptedService(ScriptedService.answer(body: "<R><Buckets>\(buckets)</Buckets></R>"))
        #expect(try await service.client().listBuckets().collect().map(\.name.description) == names)
    }

    /// Not asked of our server, which has no such buckets; moto makes them.
    @Test func `A bucket of old is used like any other`() async throws {
        try await S3Service.moto.with { s3, own in
            let bucket = try BucketName(opaque: "My_Legacy_\(own.description.suffix(8))")
            try await s3.createBucket(bucket: bucket)
            try await s3.putObject(bucket: bucket, key: "a/ü", body: [1])
            #expect(try await s3.getObject(bucket: bucket, key: "a/ü").bytes() == [1])
            try await s3.copyObject(from: CopySource(bucket: bucket, key: "a/ü"), bucket: own, key: "copy")
            #expect(try await s3.getObject(bucket: own, key: "copy").bytes() == [1])
            #expect(try await s3.listBuckets().collect().map(\.name).contains(bucket))
            #expect(
                try await Commands.run("curl", ["-sS", try await s3.presignedGet(bucket: bucket, key: "a/ü")])
                    == "\u{1}")
            #expect(try await s3.deleteObjects(bucket: bucket, keys: ["a/ü"]).deleted.count == 1)
            try await s3.deleteBucket(bucket: bucket)
        }
    }

    @Test(arguments: [("My_Bucket", "/My_Bucket/k"), ("tenant:ü b?", "/tenant%3A%C3%BC%20b%3F/k")])
    func `A name that the rules refuse stands in the path, encoded`(_ name: String, _ path: String) async throws {
        let bucket = try BucketName(opaque: name)
        for style in [AddressingStyle.automatic, .virtualHost] {
            let client = try S3Client(
                endpoint: "https://s3.us-east-1.amazonaws.com", region: "us-east-1",
                credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "s"),
                style: style)
            let url = try await client.presignedGet(bucket: bucket, key: "k")
            #expect(url.hasPrefix("https://s3.us-east-1.amazonaws.com\(path)?"))
            let usual = try await client.presignedGet(bucket: try BucketName(opaque: "books"), key: "k")
            #expect(usual.hasPrefix("https://books.s3.us-east-1.amazonaws.com/k?"))
        }
    }

    @Test func `A copy's source has its name encoded`() async throws {
        let service = try ScriptedService(ScriptedService.answer(body: "<R><ETag>a</ETag></R>"))
        let source = CopySource(bucket: try BucketName(opaque: "tenant:b ?"), key: "k")
        try await service.client().copyObject(from: source, bucket: "bucket", key: "copy")
        #expect(service.requests[0].lowercased().contains("x-amz-copy-source: tenant%3ab%20%3f/k\r\n"))
    }

    @Test(arguments: ["", "a/b", ".", "..", "a\r\nb", "a\0", String(repeating: "a", count: 256)])
    func `What would be another path is no name`(_ name: String) async throws {
        let error = #expect(throws: S3Error.self) { try BucketName(opaque: name) }
        #expect(error?.code == .invalidBucketName)
    }
}
