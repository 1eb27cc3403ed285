import CofferClient
import CofferModel
import Foundation
import Testing

/// What objects are asked to be encrypted with.
struct EncryptionTests {
    private static let context = ["project": "books", "Ärger": "\"a\""]

    @Test(arguments: S3Service.allCases)
    func `Keys of a key service are named in writes, with all that goes with them`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            var settings = ObjectSettings()
            settings.encryption = .kms(keyID: "k", usesBucketKey: true, context: Self.context)
            try await s3.putObject(bucket: bucket, key: "k", body: [1], settings: settings)
            let info = try await s3.headObject(bucket: bucket, key: "k")
            #expect(info.encryption == "aws:kms" && info.keyID?.hasSuffix("k") == true && info.usesBucketKey)
            settings.encryption = .dsse(keyID: nil)
            let upload = try await s3.createMultipartUpload(bucket: bucket, key: "long", settings: settings)
            try await s3.completeMultipartUpload(
                upload: upload, parts: [try await s3.uploadPart(upload: upload, number: 1, body: [1])])
            #expect(try await s3.headObject(bucket: bucket, key: "long").encryption == "aws:kms:dsse")
            #expect(try await s3.getObject(bucket: bucket, key: "k").bytes() == [1])
        }
    }

    @Test func `A context is a JSON object in Base64`() async throws {
        let service = try ScriptedService(ScriptedService.answer("200 OK", "etag: \"a\""))
        let transport = FaultyTransport()
        let client = try service.client { $0.transport = transport }
        var settings = ObjectSettings()
        for encryption in [
            .kms(keyID: nil, context: Self.context), .dsse(keyID: "k", context: Self.context),
            .kms(keyID: nil, usesBucketKey: false),
        ] as [ObjectSettings.Encryption] {
            settings.encryption = encryption
            try await client.putObject(bucket: "bucket", key: "k", body: [1], settings: settings)
        }
        let prefix = "x-amz-server-side-encryption"
        func value(_ request: Int, _ name: String) -> String? {
            transport.sent("PUT")[request].headers.first { $0.name == prefix + name }?.value
        }
        for request in [0, 1] {
            let context = try #require(value(request, "-context").flatMap { Data(base64Encoded: $0) })
            #expect(try JSONDecoder().decode([String: String].self, from: context) == Self.context)
        }
        #expect(value(0, "-bucket-key-enabled") == nil && value(2, "-bucket-key-enabled") == "false")
        #expect(value(2, "-context") == nil && value(0, "-aws-kms-key-id") == nil)
        #expect(value(1, "") == "aws:kms:dsse" && value(1, "-aws-kms-key-id") == "k")
    }
}
