import CofferModel
import CofferTestSupport
import Synchronization
import Testing

@testable import CofferStorage

/// What is read through the cache of records is what the catalog has.
struct RecordCacheTests {
    @Test(arguments: 1...4)
    func `After changes of every kind, known records are those of the catalog`(seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        let store = try await ObjectStore(
            path: directory.path("data"), durability: .relaxed, inlineLimit: StoreFixture.inlineLimit,
            reserveByteCount: 0, onFault: { Issue.record($0) })
        try #require(store.records != nil)
        let client = StoreClient(store: store)
        var (changes, expected, knownCount) = (StoreChanges(seed: seed), StoreContents(), 0)
        for _ in 0..<150 {
            for change in changes.next(expected) {
                try await change.make(client)
                expected.apply(change.after)
            }
            for bucket in try await client.buckets() { knownCount += try await Self.compare(store, bucket) }
            #expect(try await StoreContents(of: client).differences(from: expected) == [], "seed \(seed)")
        }
        #expect(knownCount > 100)
        try await store.close()
    }

    /// Compares the known records of a bucket with the catalog, and makes all of them known.
    ///
    /// - Returns: how many were known.
    private static func compare(_ store: ObjectStore, _ bucket: Bucket) async throws -> Int {
        var count = 0
        for number in 1...6 {
            let key = try ObjectKey("k\(number)")
            let known = try #require(store.records).known(key, in: bucket)
            let current = try await store.catalog.read { rows async throws(StorageError) in
                try await rows.current(key, in: bucket, withSegment: true)
            }
            if let known {
                count += 1
                #expect(known.sequence == current?.sequence && known.etag == current?.etag)
                #expect(known.attributes.tags == current?.attributes.tags && known.extents == current?.extents)
            }
            _ = try await store.object(key, in: bucket, isToBeRead: true)
        }
        return count
    }

    @Test func `No read finds an older version than another read before it`() async throws {
        let fixture = try await StoreFixture()
        let keys = try ["a", "b"].map { try fixture.key($0) }
        for key in keys { try await fixture.put([0], as: key.description) }
        let seen = Seen()
        await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    while !seen.isDone {
                        for key in keys {
                            let before = seen.sequence(of: key)
                            let found = try? await fixture.store.object(key, in: fixture.bucket)?.sequence
                            #expect(found.map { $0 >= before } == true)
                            seen.note(found ?? 0, of: key)
                        }
                        // Reads of known records never wait, so they would leave no thread for the writer.
                        await Task.yield()
                    }
                }
            }
            group.addTask {
                for number in 0..<500 {
                    for key in keys {
                        let written = try? await fixture.put([UInt8(number % 256)], as: key.description)
                        #expect(written != nil)
                        seen.note(written?.sequence ?? 0, of: key)
                    }
                }
                seen.end()
            }
        }
    }

    /// The newest versions that anyone has found or written.
    private final class Seen: Sendable {
        private let state = Mutex<(sequences: [ObjectKey: Int64], isDone: Bool)>(([:], false))

        var isDone: Bool { state.withLock { $0.isDone } }
        func end() { state.withLock { $0.isDone = true } }
        func sequence(of key: ObjectKey) -> Int64 { state.withLock { $0.sequences[key] ?? 0 } }
        func note(_ sequence: Int64, of key: ObjectKey) {
            state.withLock { $0.sequences[key] = max($0.sequences[key] ?? 0, sequence) }
        }
    }

    // MARK: The cache alone

    private static let bucket = Bucket(
        id: 1, name: BucketName(unchecked: "books"), owner: "1", region: "r", created: Timestamp(seconds: 1),
        versioning: .neverEnabled)

    private static func record(_ name: String, byteCount: Int = 0) -> ObjectRecord {
        let bytes = [UInt8](repeating: 0, count: byteCount)
        let layout = ObjectLayout(
            extents: [Extent(segment: SegmentID(1), offset: 0, count: Int64(byteCount))],
            segment: StoredSegment(size: Int64(byteCount), bytes: bytes, checksums: SegmentChecksums(of: bytes)))
        return ObjectRecord(
            key: ObjectKey(unchecked: Array(name.utf8)), sequence: 1, version: VersionID(sequence: 1),
            isDeleteMarker: false, modified: Timestamp(seconds: 1), size: Int64(byteCount), etag: ETag("e"), owner: "1",
            attributes: StoredAttributes(fields: []), layout: layout)
    }

    private static func knows(_ cache: RecordCache, _ name: String) -> Bool {
        cache.known(ObjectKey(unchecked: Array(name.utf8)), in: bucket) != nil
    }

    @Test func `While a key changes, nothing is known of it and nothing is kept`() {
        let cache = RecordCache()
        let (a, b) = (Self.record("a"), Self.record("b"))
        for record in [a, b] { cache.keep(record, in: Self.bucket, readAt: cache.now) }
        let locks = CatalogLocks.keys([a.key], of: Self.bucket)
        cache.begin(locks)
        #expect(!Self.knows(cache, "a") && Self.knows(cache, "b"))
        cache.keep(a, in: Self.bucket, readAt: cache.now)
        #expect(!Self.knows(cache, "a"))
        cache.begin(locks)
        cache.end(locks)
        cache.keep(a, in: Self.bucket, readAt: cache.now)
        #expect(!Self.knows(cache, "a"))
        cache.end(locks)
        cache.keep(a, in: Self.bucket, readAt: cache.now)
        #expect(Self.knows(cache, "a"))
    }

    @Test func `What was read before a change, or before its end, is not kept after it`() {
        let cache = RecordCache()
        let a = Self.record("a")
        let before = cache.now
        let locks = CatalogLocks.keys([a.key], of: Self.bucket)
        cache.begin(locks)
        let during = cache.now
        cache.end(locks)
        for moment in [before, during] {
            cache.keep(a, in: Self.bucket, readAt: moment)
            #expect(!Self.knows(cache, "a"))
        }
    }

    @Test func `A change of a bucket makes all its keys unknown`() {
        let cache = RecordCache()
        for name in ["a", "b"] { cache.keep(Self.record(name), in: Self.bucket, readAt: cache.now) }
        let locks = CatalogLocks.exclusive(Self.bucket)
        cache.begin(locks)
        #expect(!Self.knows(cache, "a") && !Self.knows(cache, "b"))
        cache.keep(Self.record("a"), in: Self.bucket, readAt: cache.now)
        #expect(!Self.knows(cache, "a"))
        cache.end(locks)
        #expect(!Self.knows(cache, "a"))
    }

    @Test func `A record without its bytes does not serve a read of them`() {
        let cache = RecordCache()
        let whole = Self.record("a", byteCount: 10)
        let record = whole.with(layout: whole.layout.with(nil))
        cache.keep(record, in: Self.bucket, readAt: cache.now)
        #expect(cache.known(record.key, in: Self.bucket) != nil)
        #expect(cache.known(record.key, in: Self.bucket, withSegment: true) == nil)
    }

    @Test func `Memory is bounded, and records that are used stay`() {
        let cache = RecordCache()
        let count = 4000
        for number in 0..<count {
            cache.keep(Self.record("k\(number)", byteCount: 32 << 10), in: Self.bucket, readAt: cache.now)
            #expect(Self.knows(cache, "k0"))
        }
        let known = (0..<count).count { Self.knows(cache, "k\($0)") }
        #expect((1500...2050).contains(known))
    }
}

extension RecordCache {
    fileprivate func known(_ key: ObjectKey, in bucket: Bucket, withSegment: Bool = false) -> ObjectRecord? {
        if case .known(let record) = current(key, in: bucket, withSegment: withSegment) { record } else { nil }
    }

    /// The moment of a record that is read from the catalog now.
    fileprivate var now: Moment {
        let bucket = Bucket(
            id: 0, name: BucketName(unchecked: "none"), owner: "1", region: "r", created: Timestamp(seconds: 1),
            versioning: .neverEnabled)
        guard case .unknown(let moment) = current(ObjectKey(unchecked: [1]), in: bucket, withSegment: false) else {
            preconditionFailure("nothing of this bucket is kept")
        }
        return moment
    }
}
