import CofferModel
import Testing

@testable import CofferStorage

/// By what a process learns that another one changed what it keeps in memory.
@Suite(.everyEngine)
struct RevisionTests {
    private static func revisions(_ fixture: StoreFixture) async throws -> [Int64] {
        try await fixture.store.catalog.snapshot { rows async throws(StorageError) in
            [try await rows.revision(of: .buckets), try await rows.revision(of: .identities)]
        }
    }

    /// What a change adds to the revisions of buckets and of identities.
    private static func added(
        _ fixture: StoreFixture, by change: () async throws -> Void
    ) async throws -> [Int64] {
        let before = try await revisions(fixture)
        try await change()
        return zip(try await revisions(fixture), before).map { $0 - $1 }
    }

    @Test func `Every change of what processes keep in memory raises the revision of its topic, and no other`()
        async throws
    {
        let fixture = try await StoreFixture()
        let (store, bucket) = (fixture.store, fixture.bucket)
        #expect(try await Self.added(fixture) { try await store.setVersioning(.enabled, of: bucket) } == [1, 0])
        #expect(
            try await Self.added(fixture) { try await store.setConfiguration("cors", of: bucket, to: [1]) } == [1, 0])
        #expect(
            try await Self.added(fixture) {
                try await store.changeConfiguration("cors", of: bucket) { _ throws(S3Error) in nil }
            } == [1, 0])
        #expect(
            try await Self.added(fixture) {
                try await store.setConfiguration("publicAccessBlock", ofAccount: IAMAccount.firstID, to: [1])
            } == [1, 0])
        #expect(
            try await Self.added(fixture) {
                _ = try await store.changeIAM(of: IAMAccount.firstID) { $0.users["alice"] = .alice }
            } == [0, 1])
        #expect(
            try await Self.added(fixture) {
                _ = try await store.changeIAM(of: IAMAccount.firstID) { $0.users["alice"] = .alice }
            } == [0, 0])
        #expect(try await Self.added(fixture) { try await fixture.put([1], as: "a") } == [0, 0])
        let other = try await store.createBucket(BucketName("other"), owner: "1", region: "us-east-1")
        #expect(try await Self.added(fixture) { try await store.deleteBucket(other) } == [1, 0])
    }

    @Test func `A change that is refused raises no revision`() async throws {
        let fixture = try await StoreFixture()
        let added = try await Self.added(fixture) {
            await #expect(throws: StorageError.self) {
                try await fixture.store.changeConfiguration("cors", of: fixture.bucket) { _ throws(S3Error) in
                    throw S3Error(.accessDenied)
                }
            }
        }
        #expect(added == [0, 0])
    }

    @Test func `Revisions are compared only where several processes use the catalog`() async throws {
        let fixture = try await StoreFixture()
        let revision = try await fixture.store.sharedRevision(of: .identities)
        #expect((revision == nil) == !fixture.store.catalog.isShared)
    }
}
