import CofferClient
import CofferModel
import Testing

/// Settings of buckets that are read and written back: nothing of them may be lost on the way.
struct WholeSettingsTests {
    @Test(arguments: ["aws:fsx", "aws:backup", "aws:kms:dsse"])
    func `Encryption is told whatever its algorithm`(_ algorithm: String) async throws {
        let service = try ScriptedService(ScriptedService.answer(body: Self.encryption(algorithm)))
        let encryption = try await service.client().getBucketEncryption(bucket: "bucket")
        #expect(encryption.algorithm == algorithm && encryption.keyID == nil)
    }

    private static func encryption(_ algorithm: String, _ further: String = "") -> String {
        """
        <ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>\(algorithm)\
        </SSEAlgorithm></ApplyServerSideEncryptionByDefault>\(further)</Rule></ServerSideEncryptionConfiguration>
        """
    }

    @Test(arguments: ["<Rule><BucketKeyEnabled>true</BucketKeyEnabled></Rule>", "<Other/>"])
    func `Encryption that cannot be told whole is not told`(_ further: String) async throws {
        let body = Self.encryption("AES256").replacing("</Rule>", with: "</Rule>\(further)")
        let service = try ScriptedService(ScriptedService.answer(body: body))
        let error = await #expect(throws: TransportError.self) {
            try await service.client().getBucketEncryption(bucket: "bucket")
        }
        #expect(error?.kind == .badResponse)
    }

    @Test func `Encryption keeps what it blocks when it is written back`() async throws {
        let blocked = "<BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes>"
        let service = try ScriptedService(
            ScriptedService.answer(
                body: Self.encryption("aws:kms", "<BucketKeyEnabled>true</BucketKeyEnabled>\(blocked)")))
        let encryption = try await service.client().getBucketEncryption(bucket: "bucket")
        #expect(encryption.blockedTypes == ["SSE-C"] && encryption.usesBucketKey)
        #expect(String(decoding: encryption.document, as: UTF8.self).contains(blocked))
    }

    @Test(arguments: S3Service.allCases)
    func `Encryption by a key service is kept`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let encryption = EncryptionConfiguration(algorithm: "aws:kms", keyID: "key/k", usesBucketKey: true)
            try await s3.putBucketEncryption(bucket: bucket, encryption: encryption)
            #expect(try await s3.getBucketEncryption(bucket: bucket) == encryption)
        }
    }

    @Test func `The smallest object that moves is kept when lifecycle rules are written back`() async throws {
        let service = try ScriptedService(
            ScriptedService.answer(
                "200 OK", "x-amz-transition-default-minimum-object-size: varies_by_storage_class",
                body: "<LifecycleConfiguration/>"))
        let client = try service.client()
        let configuration = try await client.getBucketLifecycle(bucket: "bucket")
        #expect(configuration.smallestTransition == .variesByStorageClass)
        try await client.putBucketLifecycle(bucket: "bucket", configuration: configuration)
        let field = "x-amz-transition-default-minimum-object-size: varies_by_storage_class\r\n"
        #expect(service.requests.last?.lowercased().contains(field) == true)
    }

    @Test(arguments: [("some_other_size", ""), ("", "<Rule/><Other/>")])
    func `Lifecycle rules that cannot be told whole are not told`(_ minimum: String, _ content: String) async throws {
        let service = try ScriptedService(
            ScriptedService.answer(
                "200 OK", "x-amz-transition-default-minimum-object-size: \(minimum)",
                body: "<LifecycleConfiguration>\(content)</LifecycleConfiguration>"))
        let error = await #expect(throws: TransportError.self) {
            try await service.client().getBucketLifecycle(bucket: "bucket")
        }
        #expect(error?.kind == .badResponse)
    }

    @Test func `Whether deletions need a code is told, and changed with a code`() async throws {
        let service = try ScriptedService(
            ScriptedService.answer(body: "<R><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></R>"))
        let transport = FaultyTransport()
        let client = try service.client { $0.transport = transport }
        #expect(try await client.getBucketVersioning(bucket: "bucket") == .enabled)
        #expect(try await client.needsMFAForDeletions(bucket: "bucket"))
        try await client.putBucketVersioning(bucket: "bucket", versioning: .suspended)
        try await client.putBucketVersioning(
            bucket: "bucket", versioning: .enabled, mfaDelete: MFADelete(isNeeded: false, code: "20899872 301749"))
        let bodies = transport.sent("PUT").map { request in
            if case .bytes(let bytes) = request.body { String(decoding: bytes, as: UTF8.self) } else { "" }
        }
        #expect(bodies.map { $0.contains("MfaDelete") } == [false, true])
        #expect(bodies[1].contains("<Status>Enabled</Status><MfaDelete>Disabled</MfaDelete>"))
        #expect(
            transport.sent("PUT").map { $0.headers.first { $0.name == "x-amz-mfa" }?.value } == [
                nil, "20899872 301749",
            ])
    }
}
