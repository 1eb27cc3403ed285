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

        /// An array hashes its elements one by one.
        func hash(into hasher: inout Hasher) {
            hasher.combine(bucket)
            key.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    private struct State {
        /// Records used since `older` was begun.
        var recent: [Place: ObjectRecord] = [:]
        /// Records that were not used since then, to be forgotten first.
        var older: [Place: ObjectRecord] = [:]
        /// The estimated memory of the recent records, in bytes.
        var recentByteCount = 0
        /// The number of changes in progress, by the places and the buckets that they write.
        var changing: [Place: Int] = [:]
        var changingBuckets: [Int64: Int] = [:]
        /// Counts the beginnings and ends of changes: a record that was read before one of them may be out of date.
        var changeCount: UInt64 = 0

        func isChanging(_ place: Place) -> Bool {
            guard !changing.isEmpty || !changingBuckets.isEmpty else { return false }
            return changing[place] != nil || changingBuckets[place.bucket] != nil
        }

        mutating func find(_ place: Place) -> ObjectRecord? {
            if let record = recent[place] { return record }
            guard let record = older.removeValue(forKey: place) else { return nil }
            insert(record, at: place)
            return record
        }

        mutating func insert(_ record: ObjectRecord, at place: Place) {
            forget(place)
            if recentByteCount >= RecordCache.byteLimit / 2 {
                older = recent
                recent = [:]
                recentByteCount = 0
            }
            recent[place] = record
            recentByteCount += record.estimatedByteCount
        }

        mutating func forget(_ place: Place) {
            if let record = recent.removeValue(forKey: place) { recentByteCount -= record.estimatedByteCount }
            older[place] = nil
        }

        mutating func forget(bucket: Int64) {
            for place in recent.keys where place.bucket == bucket { forget(place) }
            older = older.filter { $0.key.bucket != bucket }
        }
    }

    /// The estimated memory of all records, in bytes, half of it for the recent ones.
    private static let byteLimit = 16 << 20
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
        guard record.extents.count <= Self.extentLimit else { return }
        let place = Place(bucket: bucket.id, key: record.key)
        state.withLock { state in
            guard state.changeCount == moment.changeCount, !state.isChanging(place) else { return }
            state.insert(record, at: place)
        }
    }

    // MARK: Changes

    /// Forgets what a change may write, before it begins.
    func begin(_ locks: CatalogLocks) {
        guard let bucket = locks.bucket else { return }
        state.withLock { state in
            state.changeCount &+= 1
            if locks.isBucketExclusive {
                state.changingBuckets[bucket, default: 0] += 1
                state.forget(bucket: bucket)
            }
            for key in locks.keys {
                let place = Place(bucket: bucket, key: key)
                state.changing[place, default: 0] += 1
                state.forget(place)
            }
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
