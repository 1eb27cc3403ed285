import CofferModel
import CofferTestSupport
import Testing

@testable import CofferStorage

/// What a writer may remember of the catalog from one transaction to the next.
@Suite(.everyEngine) struct WriterMemoryTests {
    @Test func `A bucket's versioning is the present one, also after a change that failed`() async throws {
        let fixture = try await CatalogFixture()
        for (versioning, isRefused) in [
            (.enabled, true), (.enabled, false), (.suspended, true), (.suspended, false), (.enabled, true),
        ] as [(Versioning, Bool)] {
            let before = try await fixture.versioning()
            do throws(StorageError) {
                try await fixture.change { rows async throws(StorageError) in
                    try await rows.setVersioning(versioning, of: fixture.bucket)
                    #expect(try await rows.bucket(id: fixture.bucket.id)?.versioning == versioning)
                    if isRefused { throw .busy }
                }
            } catch {
                #expect(isRefused)
            }
            #expect(try await fixture.versioning() == (isRefused ? before : versioning))
        }
    }

    @Test func `A bucket that was removed is gone, unless its removal failed`() async throws {
        let fixture = try await CatalogFixture()
        for isRefused in [true, false] {
            _ = try await fixture.versioning()
            try? await fixture.change { rows async throws(StorageError) in
                #expect(try await rows.remove(fixture.bucket))
                #expect(try await rows.bucket(id: fixture.bucket.id) == nil)
                if isRefused { throw .busy }
            }
            #expect(try await fixture.versioning() == (isRefused ? .neverEnabled : nil))
        }
    }

    @Test func `An upload is overtaken although there was none before, or its removal failed`() async throws {
        let fixture = try await CatalogFixture()
        let key = fixture.key("a")
        for id in [1, 2] as [Int64] {
            // There is no upload.
            try await fixture.change { rows async throws(StorageError) in
                try await rows.markUploadsOvertaken(of: key, in: fixture.bucket)
            }
            try await fixture.change { rows async throws(StorageError) in
                try await rows.put(fixture.upload("a", id), in: fixture.bucket)
            }
            try? await fixture.change { rows async throws(StorageError) in
                try await rows.removeUploads(of: fixture.bucket)
                try await rows.markUploadsOvertaken(of: key, in: fixture.bucket)
                throw .busy
            }
            try await fixture.change { rows async throws(StorageError) in
                try await rows.markUploadsOvertaken(of: key, in: fixture.bucket)
            }
            let upload = try await fixture.read { rows async throws(StorageError) in try await rows.upload(id) }
            #expect(upload?.isOvertaken == true)
            try await fixture.change { rows async throws(StorageError) in
                try await rows.removeUploads(of: fixture.bucket)
            }
        }
    }

    @Test func `Numbers in the order of writes are assigned once, although the catalog is told of few`() throws {
        var memory = WriterMemory(sequence: 5)
        var (last, writes): (Int64, Int) = (5, 0)
        for _ in 0..<5000 {
            let before = memory.leasedSequence
            let number = memory.nextSequence()
            #expect(number == last + 1 && number <= memory.leasedSequence)
            if memory.leasedSequence != before { writes += 1 }
            last = number
        }
        #expect((2...10).contains(writes))
        var reopened = WriterMemory(sequence: memory.leasedSequence)
        #expect(reopened.nextSequence() > last)
    }
}

extension CatalogFixture {
    /// The versioning of the bucket as a change sees it; nil if there is no bucket.
    fileprivate func versioning() async throws -> Versioning? {
        try await change { rows async throws(StorageError) in try await rows.bucket(id: bucket.id)?.versioning }
    }
}
