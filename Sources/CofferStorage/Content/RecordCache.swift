import CofferModel
import Synchronization

/// Current object records that were read lately, with the bytes of small objects, for reads that need no query.
///
/// A record is forgotten when a change of its key begins, and nothing is kept of the key until the change has ended, so
/// a read never finds an older state than another read before it. A change declares the keys that it writes
/// (``CatalogLocks``). This holds only if no other process changes the catalog.
final class RecordCache: Sendable {
    private let state = Mutex(State())

    private struct Place: Hashable {
        let bucket: Int64
        let key: ObjectKey
    }

    /// `@unchecked Sendable`: its only variable is used under the lock.
    private final class Entry: @unchecked Sendable {
        let place: Place
        let record: ObjectRecord
        let byteCount: Int
        /// Its place in ``State/ring``.
        let position: Int
        /// Whether it was used since the hand passed it.
        var isUsed = false

        init(_ place: Place, _ record: ObjectRecord, position: Int) {
            self.place = place
            self.record = record
            self.position = position
            byteCount = record.estimatedByteCount
        }
    }

    /// What is used least lately is forgotten first, as a clock finds it: a hand goes round, and passes once over each
    /// record that was used since it came by last.
    private struct State {
        var entries: [Place: Entry] = [:]
        var ring: [Entry?] = []
        /// The positions in the ring that have no entry.
        var free: [Int] = []
        var hand = 0
        /// The estimated memory of the records, in bytes.
        var byteCount = 0
        /// The number of changes in progress, by the places and the buckets that they write.
        var changing: [Place: Int] = [:]
        var changingBuckets: [Int64: Int] = [:]
        /// Counts the beginnings and ends of changes: a record that was read before one of them may be out of date.
        var changeCount: UInt64 = 0

        func isChanging(_ place: Place) -> Bool {
            guard !changing.isEmpty || !changingBuckets.isEmpty else { return false }
            return changing[place] != nil || changingBuckets[place.bucket] != nil
        }

        func find(_ place: Place) -> ObjectRecord? {
            guard let entry = entries[place] else { return nil }
            entry.isUsed = true
            return entry.record
        }

        /// - Returns: the entries that were forgotten for it, to be released without the lock.
        mutating func insert(_ record: ObjectRecord, at place: Place) -> [Entry] {
            var forgotten = forget(place).map { [$0] } ?? []
            let position = free.popLast() ?? ring.count
            let entry = Entry(place, record, position: position)
            while byteCount + entry.byteCount > RecordCache.byteLimit, let oldest = next() {
                if let entry = forget(oldest.place) { forgotten.append(entry) }
            }
            if position == ring.count { ring.append(entry) } else { ring[position] = entry }
            entries[place] = entry
            byteCount += entry.byteCount
            return forgotten
        }

        /// The entry to be forgotten next; nil if there is none.
        private mutating func next() -> Entry? {
            var passed = 0
            for _ in ring.indices {
                defer { hand = (hand + 1) % ring.count }
                guard let entry = ring[hand] else { continue }
                // The search holds the lock, so it ends soon.
                if !entry.isUsed || passed == 100 { return entry }
                entry.isUsed = false
                passed += 1
            }
            return entries.values.first
        }

        mutating func forget(_ place: Place) -> Entry? {
            guard let entry = entries.removeValue(forKey: place) else { return nil }
            ring[entry.position] = nil
            free.append(entry.position)
            byteCount -= entry.byteCount
            return entry
        }

        mutating func forget(bucket: Int64) -> [Entry] {
            entries.keys.filter { $0.bucket == bucket }.compactMap { forget($0) }
        }
    }

    /// The estimated memory of all records, in bytes.
    private static let byteLimit = 64 << 20
    /// Records of objects with more extents are not kept.
    private static let extentLimit = 16

    /// A time before a record is read from the catalog.
    struct Moment {
        fileprivate let changeCount: UInt64
    }

    enum Answer {
        case known(ObjectRecord)
        /// The record must be read from the catalog, and may then be kept as read at this time.
        case unknown(Moment)
    }

    /// Looks up the current version of a key.
    ///
    /// - Parameter withSegment: whether the bytes of the only segment, or where they are, must be known as well.
    func current(_ key: ObjectKey, in bucket: Bucket, withSegment: Bool) -> Answer {
        let place = Place(bucket: bucket.id, key: key)
        return state.withLock { state in
            guard !state.isChanging(place), let record = state.find(place),
                !withSegment || !record.layout.hasOneReadableSegment || record.layout.segment != nil
            else { return .unknown(Moment(changeCount: state.changeCount)) }
            return .known(record)
        }
    }

    /// Keeps the current version of a key, unless a change began or ended since it was read.
    func keep(_ record: ObjectRecord, in bucket: Bucket, readAt moment: Moment) {
        guard record.extents.count <= Self.extentLimit, record.layout.segment?.isGenuine != false else { return }
        let place = Place(bucket: bucket.id, key: record.key)
        _ = state.withLock { state -> [Entry] in
            guard state.changeCount == moment.changeCount, !state.isChanging(place) else { return [] }
            return state.insert(record, at: place)
        }
    }

    // MARK: Changes

    /// Forgets what a change may write, before it begins.
    func begin(_ locks: CatalogLocks) {
        guard let bucket = locks.bucket else { return }
        _ = state.withLock { state -> [Entry] in
            state.changeCount &+= 1
            var forgotten: [Entry] = []
            if locks.isBucketExclusive {
                state.changingBuckets[bucket, default: 0] += 1
                forgotten = state.forget(bucket: bucket)
            }
            for key in locks.keys {
                let place = Place(bucket: bucket, key: key)
                state.changing[place, default: 0] += 1
                if let entry = state.forget(place) { forgotten.append(entry) }
            }
            return forgotten
        }
    }

    /// Ends a change, whether it succeeded or not.
    func end(_ locks: CatalogLocks) {
        guard let bucket = locks.bucket else { return }
        state.withLock { state in
            state.changeCount &+= 1
            if locks.isBucketExclusive { Self.decrease(&state.changingBuckets, bucket) }
            for key in locks.keys { Self.decrease(&state.changing, Place(bucket: bucket, key: key)) }
        }
    }

    private static func decrease<Key>(_ counts: inout [Key: Int], _ key: Key) {
        let rest = (counts[key] ?? 0) - 1
        precondition(rest >= 0, "a change ends that did not begin")
        counts[key] = rest == 0 ? nil : rest
    }
}

extension ObjectRecord {
    /// The approximate memory that the record takes, in bytes.
    fileprivate var estimatedByteCount: Int {
        let fields = attributes.fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 100 }
        return 1000 + key.bytes.count + fields + 200 * attributes.tags.count + 500 * (attributes.grants?.count ?? 0)
            + layout.parts.count + (layout.segment?.bytes?.count ?? 0)
    }
}
