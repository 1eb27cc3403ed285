import CofferModel

@testable import CofferStorage

/// The rows of a catalog in memory. A copy is a snapshot.
struct MemoryRows: Sendable {
    var sequence: Int64 = 0
    var properties: [String: String] = [:]
    var revisions: [CatalogTopic: Int64] = [:]
    var buckets: [Int64: Bucket] = [:]
    var lastBucket: Int64 = 0
    var configurations: [Int64: [String: [UInt8]]] = [:]
    /// The rows that object listings show, and all other versions.
    var current = OrderedRows()
    var others = OrderedRows()
    var totals = (objects: Int64(0), bytes: Int64(0))
    var segments: [SegmentID: Segment] = [:]
    var uploads: [Upload.ID: Upload] = [:]
    var parts: [Upload.ID: [Int: PartRecord]] = [:]
    var accounts: [IAMAccount]
    var accountConfigurations: [String: [String: [UInt8]]] = [:]
    var entities: [String: IAMEntityRow] = [:]
    var keyUses: [String: IAMKeyUse] = [:]
    var events: [StoredEvent] = []
    var jobs: [String: JobRecord] = [:]

    struct Segment: Sendable {
        var references: Int
        var stored: StoredSegment
    }

    init(created: Timestamp) {
        accounts = [IAMAccount(id: IAMAccount.firstID, name: "first", email: "first@coffer.invalid", created: created)]
    }

    /// Whether there is an access key, or a role, with an id.
    func hasKeyOrRole(_ id: String) -> Bool {
        entities[id]?.kind == .role || entities.values.contains { $0.accessKeys.contains(id) }
    }
}

/// Versions of objects in the order of listings: by bucket and key, the newest first.
struct OrderedRows: Sendable {
    private var rows: [Row] = []

    /// An object, because a reference costs less to copy than a record.
    private final class Row: Sendable {
        let place: Place
        let record: ObjectRecord

        init(_ place: Place, _ record: ObjectRecord) {
            self.place = place
            self.record = record
        }
    }

    private struct Place: Sendable, Comparable {
        let bucket: Int64
        let key: [UInt8]
        /// Descends as sequence numbers ascend.
        let order: Int64

        static func < (left: Place, right: Place) -> Bool {
            if left.bucket != right.bucket { return left.bucket < right.bucket }
            if left.key != right.key { return left.key.lexicographicallyPrecedes(right.key) }
            return left.order < right.order
        }
    }

    /// Returns the newest version of a key that meets a condition.
    func first(
        _ key: ObjectKey, in bucket: Bucket, where isWanted: (ObjectRecord) -> Bool = { _ in true }
    ) -> ObjectRecord? {
        let start = index(after: Place(bucket: bucket.id, key: key.bytes, order: .min))
        for row in rows[start...] {
            guard row.place.bucket == bucket.id, row.place.key == key.bytes else { return nil }
            if isWanted(row.record) { return row.record }
        }
        return nil
    }

    /// Returns the rows of a range, in order.
    func records(in bucket: Bucket, _ range: ListRange, limit: Int) -> [ObjectRecord] {
        let start =
            switch range.start {
            case .at(let key): Place(bucket: bucket.id, key: key, order: .min)
            case .after(let key): Place(bucket: bucket.id, key: key, order: .max)
            case .within(let key, let sequence): Place(bucket: bucket.id, key: key.bytes, order: ~sequence)
            }
        return rows[index(after: start)...].prefix(limit).prefix { row in
            row.place.bucket == bucket.id && (range.end.map { row.place.key.lexicographicallyPrecedes($0) } ?? true)
        }.map(\.record)
    }

    /// Adds a row, or replaces the one of this key and sequence number.
    mutating func put(_ record: ObjectRecord, in bucket: Bucket) {
        remove(record.key, record.sequence, in: bucket)
        let place = Place(bucket: bucket.id, key: record.key.bytes, order: ~record.sequence)
        rows.insert(Row(place, record), at: index(after: place))
    }

    mutating func remove(_ key: ObjectKey, _ sequence: Int64, in bucket: Bucket) {
        let place = Place(bucket: bucket.id, key: key.bytes, order: ~sequence)
        let next = index(after: place)
        if next > 0, rows[next - 1].place == place { rows.remove(at: next - 1) }
    }

    /// Returns the index of the first row after a place.
    private func index(after place: Place) -> Int {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if place < rows[middle].place { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
