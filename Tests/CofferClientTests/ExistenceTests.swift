import CofferClient
import CofferModel
import CofferTestSupport
import Foundation
import Testing

struct ExistenceTests {
    @Test(arguments: S3Service.allCases)
    func `What is there is told from what is not`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            try await s3.putObject(bucket: bucket, key: "k", body: [1])
            #expect(try await s3.objectExists(bucket: bucket, key: "k"))
            #expect(try await s3.bucketExists(bucket: bucket))
            let missing = try BucketName("\(bucket)-none")
            #expect(try await !s3.objectExists(bucket: bucket, key: "none"))
            #expect(try await !s3.objectExists(bucket: missing, key: "k"))
            #expect(try await !s3.bucketExists(bucket: missing))
        }
    }

    @Test(arguments: S3Service.allCases)
    func `What a delete marker hides is not there, and neither is the marker`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            try await s3.putBucketVersioning(bucket: bucket, versioning: .enabled)
            let version = try #require(try await s3.putObject(bucket: bucket, key: "k", body: [1]).version)
            let marker = try #require(try await s3.deleteObject(bucket: bucket, key: "k").version)
            #expect(try await !s3.objectExists(bucket: bucket, key: "k"))
            #expect(try await s3.objectExists(bucket: bucket, key: "k", version: version))
            #expect(try await !s3.objectExists(bucket: bucket, key: "k", version: marker))
        }
    }

    /// Not asked of moto, which knows no rights.
    @Test func `What is not for the caller to know is no answer`() async throws {
        try await CofferFixture.with { fixture in
            let s3 = try fixture.client()
            try await s3.createBucket(bucket: "bucket")
            let anonymous = try fixture.client(credentials: .anonymous)
            for question in [
                { try await anonymous.objectExists(bucket: "bucket", key: "none") },
                { try await anonymous.bucketExists(bucket: "bucket") },
            ] as [@Sendable () async throws -> Bool] {
                let error = await #expect(throws: S3Error.self) { try await question() }
                #expect(error?.code == .accessDenied)
            }
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Bytes may come as text and as data`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            try await s3.putObject(bucket: bucket, key: "text", body: "ü".utf8)
            #expect(try await s3.getObject(bucket: bucket, key: "text").bytes() == [0xC3, 0xBC])
            let upload = try await s3.createMultipartUpload(bucket: bucket, key: "data")
            let part = try await s3.uploadPart(upload: upload, number: 1, body: Data([1, 2, 3]).dropFirst())
            try await s3.completeMultipartUpload(upload: upload, parts: [part])
            #expect(try await s3.getObject(bucket: bucket, key: "data").bytes() == [2, 3])
        }
    }
}
