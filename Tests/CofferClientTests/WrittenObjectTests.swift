import CofferClient
import CofferModel
import Testing

/// What a service tells of what was written.
struct WrittenObjectTests {
    @Test(arguments: S3Service.allCases)
    func `How an object is encrypted and checked is told when it is written`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            var settings = ObjectSettings()
            settings.encryption = .s3
            let written = try await s3.putObject(bucket: bucket, key: "k", body: [1], settings: settings)
            #expect(written.encryption == "AES256" && written.keyID == nil && written.expiration == nil)
            settings.encryption = .kms(keyID: "arn:aws:kms:us-east-1:000000000000:key/k")
            let copy = try await s3.copyObject(
                from: CopySource(bucket: bucket, key: "k"), bucket: bucket, key: "copy", settings: settings)
            let upload = try await s3.createMultipartUpload(bucket: bucket, key: "long", settings: settings)
            let long = try await s3.completeMultipartUpload(
                upload: upload, parts: [try await s3.uploadPart(upload: upload, number: 1, body: [1])])
            if service != .moto {
                // Moto tells no types, and no encryption of copies and completions.
                #expect(written.checksumType == .fullObject && long.checksumType == .fullObject)
                for object in [copy, long] {
                    #expect(object.encryption == "aws:kms" && object.keyID?.hasSuffix("key/k") == true)
                }
            }
            let info = try await s3.headObject(bucket: bucket, key: "long")
            #expect(info.encryption == "aws:kms" && info.keyID?.hasSuffix("key/k") == true && !info.usesBucketKey)
        }
    }

    @Test func `When a rule will delete an object is told`() async throws {
        let field = "expiry-date=\"Fri, 21 Dec 2029 00:00:00 GMT\", rule-id=\"a%20rule\""
        let service = try ScriptedService(
            ScriptedService.answer("200 OK", "etag: \"a\"", "x-amz-expiration: \(field)"))
        let expiration = try await service.client().putObject(bucket: "bucket", key: "k", body: [1]).expiration
        #expect(expiration?.date.iso8601 == "2029-12-21T00:00:00.000Z" && expiration?.ruleID == "a rule")
    }

    @Test(arguments: ["", "NotImplemented", "expiry-date=\"some day\", rule-id=\"a\"", "rule-id=\"a\"", "\"\"\"\""])
    func `What does not tell when a rule will delete an object is not taken for it`(_ field: String) async throws {
        let service = try ScriptedService(
            ScriptedService.answer("200 OK", "etag: \"a\"", "x-amz-expiration: \(field)"))
        #expect(try await service.client().putObject(bucket: "bucket", key: "k", body: [1]).expiration == nil)
    }

    @Test func `A checksum of parts' checksums is not compared with one of the bytes`() async throws {
        let body = "<R><ETag>a-1</ETag><ChecksumCRC32>AAAAAA==-1</ChecksumCRC32></R>"
        let service = try ScriptedService(ScriptedService.answer(body: body))
        let upload = MultipartUpload(bucket: "bucket", key: "k", id: "u")
        let written = try await service.client().completeMultipartUpload(
            upload: upload, parts: [], checksum: Checksum(algorithm: .crc32, value: "pQWt+A=="))
        #expect(written.checksums.map(\.value) == ["AAAAAA==-1"])
    }

    @Test func `A service that has stored something else than was sent is not believed`() async throws {
        let service = try ScriptedService(
            ScriptedService.answer("200 OK", "etag: \"a\"", "x-amz-checksum-crc32: AAAAAA=="))
        let client = try service.client()
        let upload = MultipartUpload(bucket: "bucket", key: "k", id: "u")
        for write in [
            { _ = try await client.putObject(bucket: "bucket", key: "k", body: [1]) },
            { _ = try await client.uploadPart(upload: upload, number: 1, body: [1]) },
        ] as [@Sendable () async throws -> Void] {
            let error = await #expect(throws: TransportError.self) { try await write() }
            #expect(error?.kind == .damaged)
        }
    }

    @Test func `An object made of parts is not believed to have another checksum than theirs`() async throws {
        let body = "<R><ETag>a-1</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></R>"
        let service = try ScriptedService(ScriptedService.answer(body: body))
        let upload = MultipartUpload(bucket: "bucket", key: "k", id: "u")
        let error = await #expect(throws: TransportError.self) {
            try await service.client().completeMultipartUpload(
                upload: upload, parts: [], checksum: Checksum(algorithm: .crc32, value: "pQWt+A=="))
        }
        #expect(error?.kind == .damaged)
    }
}
