import CofferClient
import CofferModel
import CofferTestSupport
import Testing

/// Listings of more than a page, whose markers lead from one to the next.
struct ListingTests {
    private static let count = 1050

    private static func concurrently(_ job: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for part in 0..<8 {
                group.addTask { for index in stride(from: part, to: count, by: 8) { try await job(index) } }
            }
            try await group.waitForAll()
        }
    }

    @Test(arguments: S3Service.allCases)
    func `All versions are listed once`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            try await s3.putBucketVersioning(bucket: bucket, versioning: .enabled)
            // A key for each writer: moto loses versions of one key that are written at the same time.
            try await Self.concurrently {
                try await s3.putObject(bucket: bucket, key: try ObjectKey("k ü+/\($0 % 8)"), body: [])
            }
            let versions = try await s3.listObjectVersions(bucket: bucket).collect()
            #expect(versions.count == Self.count && Set(versions.map(\.version)).count == Self.count)
            #expect(versions.count(where: \.isLatest) == 8 && Set(versions.map(\.key)).count == 8)
        }
    }

    @Test func `All uploads and all parts are listed once`() async throws {
        // Not asked of moto: it lists all uploads on one page.
        try await S3Service.coffer.with { s3, bucket in
            try await Self.concurrently { index in
                _ = try await s3.createMultipartUpload(bucket: bucket, key: try ObjectKey("k ü+/\(index / 2)"))
            }
            let uploads = try await s3.listMultipartUploads(bucket: bucket).collect()
            #expect(uploads.count == Self.count && Set(uploads.map(\.upload)).count == Self.count)
            let upload = try #require(uploads.first?.upload)
            try await Self.concurrently { index in
                _ = try await s3.uploadPart(upload: upload, number: index + 1, body: [1])
            }
            #expect(try await s3.listParts(upload: upload).collect().map(\.number) == Array(1...Self.count))
        }
    }

    @Test func `A listing can be left early, and begun again`() async throws {
        try await S3Service.coffer.with { s3, bucket in
            for key in ["a", "b", "c"] as [ObjectKey] { try await s3.putObject(bucket: bucket, key: key, body: []) }
            let listing = s3.listObjects(bucket: bucket)
            for try await object in listing {
                #expect(object.key == "a")
                break
            }
            #expect(try await listing.collect().map(\.key) == ["a", "b", "c"])
        }
    }

    @Test func `Buckets are found in the host`() async throws {
        try await CofferFixture.with { fixture in
            let url = fixture.endpoint.replacing("127.0.0.1", with: "localhost")
            let s3 = try S3Client(
                endpoint: url, region: "us-east-1", credentials: fixture.credentials, style: .virtualHost)
            try await s3.createBucket(bucket: "bucket")
            try await s3.putObject(bucket: "bucket", key: "a/ü", body: [1])
            #expect(try await s3.listObjects(bucket: "bucket").collect().map(\.key) == ["a/ü"])
            #expect(try await s3.presignedGet(bucket: "bucket", key: "a/ü").hasPrefix("http://bucket.localhost:"))
        }
    }
}
