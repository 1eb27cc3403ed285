import CofferClient
import CofferModel
import CofferSystem
import Testing

struct VersionTests {
    @Test(arguments: S3Service.allCases)
    func `Versions are kept, listed, read and deleted`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            #expect(try await s3.getBucketVersioning(bucket: bucket) == .neverEnabled)
            try await s3.putBucketVersioning(bucket: bucket, versioning: .enabled)
            #expect(try await s3.getBucketVersioning(bucket: bucket) == .enabled)
            let first = try #require(try await s3.putObject(bucket: bucket, key: "k ü", body: [1]).version)
            let second = try #require(try await s3.putObject(bucket: bucket, key: "k ü", body: [2]).version)
            let marker = try await s3.deleteObject(bucket: bucket, key: "k ü")
            #expect(marker.isDeleteMarker)
            let listed = try await s3.listObjectVersions(bucket: bucket).collect()
            #expect(Set(listed.map(\.version)) == [first, second, try #require(marker.version)])
            #expect(listed.filter(\.isLatest).map(\.isDeleteMarker) == [true])
            #expect(try await s3.getObject(bucket: bucket, key: "k ü", version: first).bytes() == [1])
            try await s3.deleteObject(bucket: bucket, key: "k ü", version: marker.version)
            #expect(try await s3.getObject(bucket: bucket, key: "k ü").bytes() == [2])
            let rest = [first, second].map { ObjectVersion(key: "k ü", version: $0) }
            #expect(try await s3.deleteObjects(bucket: bucket, objects: rest).failed.isEmpty)
            #expect(try await s3.listObjectVersions(bucket: bucket).collect().isEmpty)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Locked versions stay until who may lifts the lock`(_ service: S3Service) async throws {
        try await service.with(hasObjectLock: true) { s3, bucket in
            let days = ObjectLockConfiguration(
                defaultRetention: ObjectLockConfiguration.DefaultRetention(mode: .governance, period: .days(1)))
            try await s3.putObjectLockConfiguration(bucket: bucket, configuration: days)
            if service == .coffer {
                // Moto answers 0 years beside the days.
                #expect(try await s3.getObjectLockConfiguration(bucket: bucket) == days)
            }
            let version = try #require(try await s3.putObject(bucket: bucket, key: "k", body: [1]).version)
            let until = Timestamp(seconds: ServiceClock.system.time.seconds + 86_400 * 2)
            try await s3.putObjectRetention(
                bucket: bucket, key: "k", retention: ObjectLock.Retention(mode: .governance, until: until))
            if service == .coffer {
                // Moto answers botocore's own question for it with status 500.
                #expect(try await s3.getObjectRetention(bucket: bucket, key: "k").until == until)
            }
            try await s3.putObjectLegalHold(bucket: bucket, key: "k", isHeld: true)
            #expect(try await s3.getObjectLegalHold(bucket: bucket, key: "k"))
            try await s3.putObjectLegalHold(bucket: bucket, key: "k", isHeld: false)
            let refused = await #expect(throws: S3Error.self) {
                try await s3.deleteObject(bucket: bucket, key: "k", version: version)
            }
            #expect(refused?.code == .accessDenied)
            try await s3.deleteObject(bucket: bucket, key: "k", version: version, bypassesGovernance: true)
        }
    }
}
