import CofferClient
import CofferModel
import Testing

struct SentFieldsTests {
    @Test(arguments: S3Service.allCases)
    func `A bucket of somebody else is not taken for one's own`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let own = try s3.expectingBucketOwner("000000000000").payingForRequests()
            if service != .moto {
                // Moto has another account, and does not look.
                let other = try s3.expectingBucketOwner("111111111111")
                let refused = await #expect(throws: S3Error.self) {
                    try await other.putObject(bucket: bucket, key: "k", body: [1])
                }
                #expect(refused?.code == .accessDenied)
            }
            try await own.createBucket(bucket: try BucketName("\(bucket)-own"))
            try await own.putObject(bucket: bucket, key: "k", body: [1])
            #expect(try await own.getObject(bucket: bucket, key: "k").bytes() == [1])
            #expect(try await own.listObjects(bucket: bucket).collect().map(\.key) == ["k"])
        }
    }

    @Test(arguments: S3Service.allCases)
    func `What is sent with all requests takes effect, unless one says otherwise itself`(
        _ service: S3Service
    ) async throws {
        try await service.with { s3, bucket in
            let client = try s3.sending(["X-Amz-Meta-Source": "all", "Cache-Control": "no-cache"])
            try await client.putObject(
                bucket: bucket, key: "k", body: [1], settings: ObjectSettings(metadata: ["source": "one"]))
            let info = try await client.headObject(bucket: bucket, key: "k")
            #expect(info.metadata == ["source": "one"] && info.cacheControl == "no-cache")
            let upload = try await client.createMultipartUpload(bucket: bucket, key: "long")
            try await client.completeMultipartUpload(
                upload: upload, parts: [try await client.uploadPart(upload: upload, number: 1, body: [2])])
            #expect(try await s3.headObject(bucket: bucket, key: "long").metadata == ["source": "all"])
        }
    }

    @Test func `Fields are signed, once each, and the later value holds`() async throws {
        let service = try ScriptedService(ScriptedService.answer("200 OK", "etag: \"a\""))
        let client = try service.client().sending(["X-Amz-MFA": "1 2"]).sending(["x-amz-mfa": "1 3"])
        try await client.deleteObject(bucket: "bucket", key: "k")
        let head = try #require(service.requests.first).lowercased()
        #expect(head.contains("\r\nx-amz-mfa: 1 3\r\n") && !head.contains("1 2"))
        #expect(try head.contains(Regex("signedheaders=[^,]*;x-amz-mfa")))
    }

    @Test func `A URL says who pays, and nothing else of what is sent`() async throws {
        try await S3Service.coffer.with { s3, bucket in
            try await s3.putObject(bucket: bucket, key: "k", body: [1])
            let client = try s3.expectingBucketOwner("000000000000").payingForRequests()
            let url = try await client.presignedGet(bucket: bucket, key: "k")
            #expect(url.contains("?x-amz-request-payer=requester&") && !url.contains("owner"))
            #expect(try await Commands.run("curl", ["-sS", "-w", "%{http_code}", "-o", "/dev/null", url]) == "200")
            #expect(try await s3.presignedGet(bucket: bucket, key: "k").contains("payer") == false)
        }
    }

    @Test(arguments: ["Host", "authorization", "X-Amz-Date", "x-amz-content-sha256", "Content-Length", ""])
    func `What signing and sending set cannot be given`(_ name: String) throws {
        let s3 = try S3Client(endpoint: "http://127.0.0.1:1", credentials: .anonymous)
        #expect(throws: ConfigurationError.self) { try s3.sending([name: "a"]) }
    }

    @Test(arguments: ["", "12", "12345678901a", "1234567890123"])
    func `An owner is an account`(_ account: String) throws {
        let s3 = try S3Client(endpoint: "http://127.0.0.1:1", credentials: .anonymous)
        #expect(throws: ConfigurationError.self) { try s3.expectingBucketOwner(account) }
    }
}
