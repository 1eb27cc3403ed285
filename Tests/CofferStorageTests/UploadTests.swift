import CofferModel
import Foundation
import Testing

@testable import CofferStorage

@Suite(.everyEngine) struct UploadTests {
    @Test(arguments: [(50, 60), (5000, 6000), (50, 6000), (0, 10)])
    func `An object of parts is their bytes in a row, in the order of their numbers`(first: Int, second: Int)
        async throws
    {
        let fixture = try await StoreFixture()
        let bodies = [StoreFixture.pattern(first), StoreFixture.pattern(second, seed: 1)]
        let upload = try await fixture.createUpload("a")
        try await fixture.put(bodies[1], asPart: 10_000, of: upload)
        try await fixture.put(bodies[0], asPart: 7, of: upload)
        #expect(try await fixture.current("a") == nil)
        #expect(try await fixture.store.totals().bytes == 0)
        let record = try await fixture.complete(upload)
        #expect(record.size == first + second && record.isMultipart && record.owner == "1")
        #expect(record.attributes.field("content-type") == "text/csv")
        #expect(try record.parts().map(\.number) == [7, 10_000])
        #expect(try record.parts().map(\.size) == [Int64(first), Int64(second)])
        #expect(try record.range(ofPart: 10_000) == Int64(first)..<Int64(first + second))
        #expect(try record.range(ofPart: 8) == nil)
        #expect(try await fixture.get("a") == bodies[0] + bodies[1])
        #expect(try await fixture.store.totals().bytes == record.size)
        try await fixture.expectNothingLeft()
    }

    @Test func `Every range over the borders of parts is read exactly`() async throws {
        let fixture = try await StoreFixture()
        let parts = [20, 150, 1, 200].enumerated().map { StoreFixture.pattern($0.element, seed: $0.offset) }
        let whole = Array(parts.joined())
        try await fixture.put(parts: parts, as: "a")
        for first in stride(from: 0, to: whole.count, by: 5) {
            for last in stride(from: first, through: whole.count, by: 13) {
                #expect(try await fixture.get("a", Int64(first)..<Int64(last)) == Array(whole[first..<last]))
            }
        }
    }

    @Test(arguments: [50, 5000], [50, 5000])
    func `A part that is put again replaces the one before`(first: Int, second: Int) async throws {
        let fixture = try await StoreFixture()
        let upload = try await fixture.createUpload("a")
        try await fixture.put(StoreFixture.pattern(first), asPart: 1, of: upload)
        try await fixture.put(StoreFixture.pattern(second, seed: 1), asPart: 1, of: upload)
        try await fixture.eventually { try fixture.segmentCount == 1 }
        #expect(try fixture.blobFiles.count == (second > 100 ? 1 : 0))
        #expect(try await fixture.store.parts(of: upload).map(\.size) == [Int64(second)])
        try await fixture.complete(upload)
        #expect(try await fixture.get("a") == StoreFixture.pattern(second, seed: 1))
    }

    @Test func `Parts are listed in the order of their numbers, from one on and so many`() async throws {
        let fixture = try await StoreFixture()
        let upload = try await fixture.createUpload("a")
        for number in [9, 3, 10_000, 1] { try await fixture.put([1], asPart: number, of: upload) }
        #expect(try await fixture.store.parts(of: upload).map(\.number) == [1, 3, 9, 10_000])
        #expect(try await fixture.store.parts(of: upload, after: 1, limit: 2).map(\.number) == [3, 9])
        #expect(try await fixture.store.parts(of: upload, after: 10_000, limit: 2).isEmpty)
    }

    @Test func `Parts that are not listed go when the upload is completed`() async throws {
        let fixture = try await StoreFixture()
        let upload = try await fixture.createUpload("a")
        for number in 1...6 {
            try await fixture.put(
                StoreFixture.pattern(number % 2 == 0 ? 50 : 500, seed: number), asPart: number, of: upload)
        }
        try await fixture.complete(upload, [2, 5])
        #expect(try await fixture.get("a") == StoreFixture.pattern(50, seed: 2) + StoreFixture.pattern(500, seed: 5))
        try await fixture.eventually { try fixture.segmentCount == 2 && fixture.blobFiles.count == 1 }
        try await fixture.expectNothingLeft()
    }

    @Test func `Aborting removes the parts, and the upload takes nothing more`() async throws {
        let fixture = try await StoreFixture()
        let upload = try await fixture.createUpload("a")
        for (number, size) in [(1, 50), (2, 5000)] {
            try await fixture.put(StoreFixture.pattern(size), asPart: number, of: upload)
        }
        try await fixture.store.abort(upload, in: fixture.bucket)
        try await fixture.eventually { try fixture.segmentCount == 0 && fixture.blobFiles.isEmpty }
        try await Self.expectOver(upload, fixture)
        let found = try #require(try await fixture.store.upload(upload.uploadID, of: upload.key, in: fixture.bucket))
        #expect(found.ended != nil && found.completed == nil, "it is known for a while that there was one")
        #expect(try await fixture.uploads().entries.isEmpty)
        #expect(try fixture.segmentCount == 0 && fixture.blobFiles.isEmpty)
    }

    @Test func `An upload is completed once, and is known for what it became`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(.enabled)
        let upload = try await fixture.createUpload("a")
        try await fixture.put(StoreFixture.pattern(5000), asPart: 1, of: upload)
        let record = try await fixture.complete(upload)
        try await Self.expectOver(upload, fixture)
        let found = try #require(try await fixture.store.upload(upload.uploadID, of: upload.key, in: fixture.bucket))
        #expect(found.completed?.version == record.version && found.completed?.etag == record.etag)
        #expect(try await fixture.uploads().entries.isEmpty)
        #expect(try await fixture.versions().count == 1)
        #expect(try await fixture.get("a") == StoreFixture.pattern(5000))
    }

    @Test func `Of many that complete an upload at once one does`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(.enabled)
        let upload = try await fixture.createUpload("a")
        try await fixture.put(StoreFixture.pattern(5000), asPart: 1, of: upload)
        let count = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { (try? await fixture.complete(upload)) != nil }  // Failing is what most must.
            }
            return await group.reduce(0) { $1 ? $0 + 1 : $0 }
        }
        #expect(count == 1)
        #expect(try await fixture.versions().count == 1)
        try await fixture.expectNothingLeft()
    }

    @Test func `A completion that is refused leaves the upload as it was`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put([9], as: "a")
        let upload = try await fixture.createUpload("a")
        try await fixture.put(StoreFixture.pattern(5000), asPart: 1, of: upload)
        let error = await #expect(throws: StorageError.self) {
            try await fixture.complete(upload) { _ throws(S3Error) in throw S3Error(.preconditionFailed) }
        }
        #expect(error?.name == "refused: PreconditionFailed")
        #expect(try await fixture.get("a") == [9])
        #expect(try await fixture.store.parts(of: upload).count == 1)
        try await fixture.complete(upload)
        #expect(try await fixture.get("a") == StoreFixture.pattern(5000))
    }

    enum Meanwhile: CaseIterable {
        case put, deleted, appended, completed, copied
    }

    @Test(arguments: Meanwhile.allCases)
    func `A key that was written or deleted since an upload of it began conflicts with it`(meanwhile: Meanwhile)
        async throws
    {
        let fixture = try await StoreFixture()
        try await fixture.put([9], as: "a")
        let (upload, other) = (try await fixture.createUpload("a"), try await fixture.createUpload("a"))
        for upload in [upload, other] { try await fixture.put([1], asPart: 1, of: upload) }
        try await fixture.put([8], as: "another key")
        switch meanwhile {
        case .put: try await fixture.put([7], as: "a")
        case .deleted: try await fixture.delete("a")
        case .appended: try await fixture.append([7], to: "a")
        case .completed: try await fixture.complete(other)
        case .copied: _ = try await fixture.copy("another key", .null, to: "a")
        }
        let conflict = S3Error(.conditionalRequestConflict)
        let error = await #expect(throws: StorageError.self) {
            try await fixture.complete(upload, conflict: conflict)
        }
        #expect(error?.name == "refused: ConditionalRequestConflict")
        let later = try await fixture.createUpload("a")
        try await fixture.put([2], asPart: 1, of: later)
        try await fixture.complete(later, conflict: conflict)
        #expect(try await fixture.get("a") == [2])
        try await fixture.complete(upload)
        #expect(try await fixture.get("a") == [1])
    }

    @Test func `An object of parts is as old as its upload, and so it stands among the versions`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(.enabled)
        let first = try await fixture.createUpload("a")
        try await fixture.put([1], asPart: 1, of: first)
        let between = try await fixture.put([9], as: "a")
        let second = try await fixture.createUpload("a")
        try await fixture.put([2], asPart: 1, of: second)
        let latter = try await fixture.complete(second)
        let former = try await fixture.complete(first)
        #expect([former.modified, latter.modified] == [first.initiated, second.initiated])
        let bucket = try #require(try await fixture.store.bucket(named: fixture.bucket.name))
        #expect([former.version, latter.version] == [first.version(in: bucket), second.version(in: bucket)])
        #expect(try await fixture.versions().map(\.version) == [latter.version, between.version, former.version])
        #expect(try await fixture.get("a") == [2])
        try await fixture.delete("a", latter.version)
        #expect(try await fixture.get("a") == [9])
        let third = try await fixture.createUpload("a")
        try await fixture.put([3], asPart: 1, of: third)
        try await fixture.delete("a")
        try await fixture.complete(third)
        #expect(try await fixture.current("a")?.isDeleteMarker == true)
        #expect(try await fixture.names().isEmpty)
        try await fixture.expectNothingLeft()
    }

    @Test func `An upload is found by its id, key and bucket together`() async throws {
        let fixture = try await StoreFixture()
        let other = try await fixture.store.createBucket(BucketName("films"), owner: "1", region: "r")
        let upload = try await fixture.createUpload("a")
        let another = try await fixture.createUpload("a")
        let guessed = String(upload.uploadID.prefix(16)) + another.uploadID.suffix(32)
        #expect(try await fixture.store.upload(upload.uploadID, of: upload.key, in: fixture.bucket)?.id == upload.id)
        #expect(try await fixture.store.upload(upload.uploadID, of: fixture.key("b"), in: fixture.bucket) == nil)
        #expect(try await fixture.store.upload(upload.uploadID, of: upload.key, in: other) == nil)
        for id in [guessed, upload.uploadID.uppercased() + " ", "", "x", upload.uploadID + "0"] {
            #expect(try await fixture.store.upload(id, of: upload.key, in: fixture.bucket) == nil)
        }
    }

    @Test func `With a bucket go its uploads, and they take nothing more`() async throws {
        let fixture = try await StoreFixture()
        let upload = try await fixture.createUpload("a")
        for (number, size) in [(1, 50), (2, 5000)] {
            try await fixture.put(StoreFixture.pattern(size), asPart: number, of: upload)
        }
        try await fixture.store.deleteBucket(fixture.bucket)
        try await fixture.eventually { try fixture.segmentCount == 0 && fixture.blobFiles.isEmpty }
        for change in [{ try await fixture.put([1], asPart: 1, of: upload) }, { try await fixture.complete(upload) }] {
            await #expect(throws: StorageError.self) { try await change() }
        }
        let error = await #expect(throws: StorageError.self) { try await fixture.createUpload("a") }
        #expect(error?.name == "noSuchBucket")
        #expect(try fixture.segmentCount == 0 && fixture.blobFiles.isEmpty)
    }

    private static func expectOver(_ upload: Upload, _ fixture: StoreFixture) async throws {
        let changes: [@Sendable () async throws -> Void] = [
            { try await fixture.put(StoreFixture.pattern(5000), asPart: 1, of: upload) },
            { try await fixture.complete(upload) }, { try await fixture.store.abort(upload, in: fixture.bucket) },
        ]
        for change in changes {
            let error = await #expect(throws: StorageError.self) { try await change() }
            #expect(error?.name == "noSuchUpload")
        }
    }
}
