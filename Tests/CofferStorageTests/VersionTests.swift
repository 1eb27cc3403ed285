import CofferModel
import Synchronization
import Testing

@testable import CofferStorage

@Suite(.everyEngine) struct VersionTests {
    @Test func `Without versioning a write replaces the null version`() async throws {
        let fixture = try await StoreFixture()
        for body in [[1], [2, 2]] as [[UInt8]] {
            #expect(try await fixture.put(body, as: "a").version == .null)
            #expect(try await fixture.get("a") == body)
        }
        #expect(try await fixture.versions().count == 1)
        try await fixture.delete("a")
        #expect(try await fixture.versions().isEmpty)
    }

    @Test func `With versioning every write stays, each with an id of its own`() async throws {
        let fixture = try await StoreFixture()
        let first = try await fixture.put([1], as: "a")
        try await fixture.setVersioning(.enabled)
        let second = try await fixture.put([2], as: "a")
        let third = try await fixture.put(StoreFixture.pattern(5000), as: "a")
        #expect(first.version == .null && !second.version.isNull && second.version != third.version)
        #expect(try await fixture.current("a")?.version == third.version)
        for (record, body) in [(first, [1]), (second, [2]), (third, StoreFixture.pattern(5000))] {
            let found = try #require(try await fixture.version("a", record.version))
            #expect(found.sequence == record.sequence)
            #expect(try await fixture.bytes(of: found) == body)
        }
        #expect(try await fixture.store.totals().bytes == 5002)
    }

    @Test func `A delete marker hides the object, and removing the marker shows it again`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(.enabled)
        let record = try await fixture.put([1], as: "a")
        let deletion = try await fixture.delete(Deletion(key: fixture.key("a")))
        let marker = try #require(deletion.version)
        #expect(deletion.isDeleteMarker && !marker.isNull)
        #expect(try await fixture.current("a")?.isDeleteMarker == true)
        #expect(try await fixture.names().isEmpty)
        #expect(try await fixture.version("a", marker)?.isDeleteMarker == true)
        #expect(try await fixture.bytes(of: #require(await fixture.version("a", record.version))) == [1])
        #expect(try await fixture.store.totals().objects == 1)
        let removal = try await fixture.delete("a", marker)
        #expect(removal.isDeleteMarker && removal.version == marker)
        #expect(try await fixture.current("a")?.version == record.version)
        #expect(try await fixture.names() == ["a"])
    }

    @Test func `Deleting where there is nothing makes a marker all the same`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(.enabled)
        let markers = try await [
            fixture.delete(Deletion(key: fixture.key("a"))), fixture.delete(Deletion(key: fixture.key("a"))),
        ]
        #expect(Set(markers.map(\.version)).count == 2)
        #expect(try await fixture.versions().map(\.isLatest) == [true, false])
        try await fixture.expectNothingLeft()
    }

    @Test func `While versioning is suspended a write replaces the null version and no other`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put(StoreFixture.pattern(5000), as: "a")
        try await fixture.setVersioning(.enabled)
        let kept = try await fixture.put([2], as: "a")
        try await fixture.setVersioning(.suspended)
        #expect(try await fixture.put([3], as: "a").version == .null)
        #expect(try await fixture.versions().map(\.version) == [.null, kept.version])
        #expect(try await fixture.store.totals().bytes == 2)
        try await fixture.put([4, 4], as: "a")
        #expect(try await fixture.versions().map(\.version) == [.null, kept.version])
        let marker = try await fixture.delete(Deletion(key: fixture.key("a")))
        #expect(marker.isDeleteMarker && marker.version == .null)
        #expect(try await fixture.versions().map(\.isDeleteMarker) == [true, false])
        try await fixture.delete("a", .null)
        #expect(try await fixture.get("a") == [2])
        try await fixture.expectNothingLeft()
    }

    @Test func `Removing the current version makes the one before current, and its marker hides it again`() async throws
    {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(.enabled)
        let first = try await fixture.put([1], as: "a")
        let marker = try #require(try await fixture.delete(Deletion(key: fixture.key("a"))).version)
        let second = try await fixture.put([2], as: "a")
        let third = try await fixture.put([3], as: "a")
        try await fixture.delete("a", third.version)
        #expect(try await fixture.current("a")?.version == second.version)
        try await fixture.delete("a", second.version)
        #expect(try await fixture.current("a")?.version == marker)
        #expect(try await fixture.names().isEmpty)
        try await fixture.delete("a", first.version)
        #expect(try await fixture.current("a")?.version == marker)
        try await fixture.delete("a", marker)
        #expect(try await fixture.current("a") == nil)
        try await fixture.store.deleteBucket(fixture.bucket)
    }

    @Test func `A version that is not there is deleted without a trace`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(.enabled)
        let older = try await fixture.put([1], as: "a")
        let newer = try await fixture.put([2], as: "a")
        // The same place in the order of writes, and another rest: ids are not to be guessed.
        let guesses = [older, newer].map { VersionID(sequence: $0.sequence) } + [VersionID(sequence: 1), .null]
        for version in guesses {
            #expect(try await fixture.version("a", version) == nil)
            #expect(try await fixture.delete("a", version).isDeleteMarker == false)
        }
        #expect(try await fixture.version("b", newer.version) == nil)
        #expect(try await fixture.get("a") == [2])
        #expect(try await fixture.versions().count == 2)
    }

    @Test func `An older version is copied onto its key and becomes current again`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(.enabled)
        let first = try await fixture.put(StoreFixture.pattern(5000), as: "a")
        let second = try await fixture.put([2], as: "a")
        let restored = try await fixture.copy("a", first.version, to: "a")
        #expect(restored.version != first.version)
        #expect(try await fixture.get("a") == StoreFixture.pattern(5000))
        for version in [first.version, second.version] { try await fixture.delete("a", version) }
        #expect(try await fixture.get("a") == StoreFixture.pattern(5000))
        let marker = try #require(try await fixture.delete(Deletion(key: fixture.key("a"))).version)
        let error = await #expect(throws: StorageError.self) { try await fixture.copy("a", marker, to: "b") }
        #expect(error?.name == "noSuchKey")
        try await fixture.expectNothingLeft()
    }

    @Test func `A bucket with nothing but versions or markers is not empty`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(.enabled)
        let marker = try #require(try await fixture.delete(Deletion(key: fixture.key("a"))).version)
        let error = await #expect(throws: StorageError.self) { try await fixture.store.deleteBucket(fixture.bucket) }
        #expect(error?.name == "bucketNotEmpty")
        try await fixture.delete("a", marker)
        try await fixture.store.deleteBucket(fixture.bucket)
    }

    @Test func `The versions of many writers are in the order in which they were written`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(.enabled)
        let order = WriteOrder()
        let sequences = try await withThrowingTaskGroup(of: (Int, Int64).self, returning: [Int: Int64].self) { group in
            for writer in 0..<2000 {
                group.addTask {
                    // Conditions are asked within the transaction, one after another.
                    let record = try await fixture.put([1], as: "a") { _ in order.append(writer) }
                    return (writer, record.sequence)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let written = order.writers.compactMap { sequences[$0] }
        #expect(written.count == 2000 && written == written.sorted())
        #expect(try await fixture.versions().first?.version == fixture.current("a")?.version)
    }

    @Test func `A reader beside a writer never sees an older version as the current one`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(.enabled)
        try await fixture.put([1], as: "a")
        let newest = try await fixture.put([2], as: "a")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<200 {
                    let marker = try await fixture.delete(Deletion(key: fixture.key("a"))).version
                    try await fixture.delete("a", try #require(marker))
                }
            }
            group.addTask {
                for _ in 0..<4000 {
                    let current = try #require(try await fixture.current("a"))
                    #expect(current.isDeleteMarker || current.version == newest.version)
                    #expect(try await fixture.version("a", newest.version) != nil)
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
    }
}

/// Who wrote, one after another.
private final class WriteOrder: Sendable {
    private let state = Mutex<[Int]>([])

    var writers: [Int] { state.withLock { $0 } }
    func append(_ writer: Int) { state.withLock { $0.append(writer) } }
}
