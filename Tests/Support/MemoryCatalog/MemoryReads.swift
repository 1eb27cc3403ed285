import CofferModel

@testable import CofferStorage

/// Reads of rows in memory.
protocol MemoryReads: CatalogReads {
    var rows: MemoryRows { get }
}

extension MemoryRows: MemoryReads {
    var rows: MemoryRows { self }
}

// MARK: Buckets and objects

extension MemoryReads {
    func bucket(named name: BucketName) -> Bucket? { rows.buckets.values.first { $0.name == name } }

    func bucket(id: Int64) -> Bucket? { rows.buckets[id] }

    func buckets(_ query: BucketQuery) -> [Bucket] {
        let found = rows.buckets.values.filter { bucket in
            let name = bucket.name.description
            return bucket.owner == query.owner && name.hasPrefix(query.prefix) && name > query.after
                && (query.region == nil || query.region == bucket.region)
        }
        return Array(found.sorted { $0.name.description < $1.name.description }.prefix(query.limit))
    }

    func buckets(withConfiguration kind: String) -> [Bucket] {
        rows.buckets.values.filter { rows.configurations[$0.id]?[kind] != nil }
    }

    func configurations(of bucket: Bucket) -> [String: [UInt8]] { rows.configurations[bucket.id] ?? [:] }

    func current(_ key: ObjectKey, in bucket: Bucket, withSegment: Bool) -> ObjectRecord? {
        let record = rows.current.first(key, in: bucket)
        guard withSegment, let record, record.layout.hasOneReadableSegment else { return record }
        return record.with(layout: record.layout.with(segment(record.layout.extents[0].segment)))
    }

    func newestOther(_ key: ObjectKey, in bucket: Bucket) -> ObjectRecord? { rows.others.first(key, in: bucket) }

    func other(_ key: ObjectKey, version: VersionID, in bucket: Bucket) -> ObjectRecord? {
        rows.others.first(key, in: bucket) { $0.version == version }
    }

    func objects(in bucket: Bucket, _ range: ListRange, limit: Int, withOwners: Bool) -> ObjectRows {
        ObjectRows(current(in: bucket, range, limit: limit), withOwners: withOwners, withVersions: false)
    }

    func visitKeys(in bucket: Bucket, _ range: ListRange, _ visit: (_ key: Span<UInt8>) -> [UInt8]?) {
        var range = range
        while let key = current(in: bucket, range, limit: 1).first?.key.bytes {
            guard let next = visit(key.span) else { return }
            range.start = .at(next)
        }
    }

    private func current(in bucket: Bucket, _ range: ListRange, limit: Int) -> [ObjectRecord] {
        var range = range
        if case .within(let key, _) = range.start { range.start = .after(key.bytes) }
        return Array(rows.current.records(in: bucket, range, limit: limit))
    }

    func versions(in bucket: Bucket, _ range: ListRange, limit: Int) -> ObjectRows {
        let records =
            rows.current.records(in: bucket, range, limit: limit) + rows.others.records(in: bucket, range, limit: limit)
        let sorted = records.sorted { left, right in
            if left.key != right.key { return left.key.bytes.lexicographicallyPrecedes(right.key.bytes) }
            return left.sequence > right.sequence
        }
        return ObjectRows(Array(sorted.prefix(limit)), withOwners: true, withVersions: true)
    }
}

extension ObjectRows {
    fileprivate convenience init(_ records: [ObjectRecord], withOwners: Bool, withVersions: Bool) {
        var rows = ObjectRowReader(before: nil, limit: records.count)
        for record in records {
            let start = rows.texts.count
            var ends = InlineArray<5, Int>(repeating: 0)
            let texts = [
                record.etag.value, record.attributes.fieldLines, withOwners ? record.owner : "",
                withVersions ? record.version.description : "",
            ]
            for (index, text) in ([record.key.bytes] + texts.map { Array($0.utf8) }).enumerated() {
                rows.texts += text
                ends[index] = rows.texts.count
            }
            _ = rows.append(
                ObjectRow(
                    sequence: withVersions ? record.sequence : 0, modified: record.modified, size: record.size,
                    isDeleteMarker: record.isDeleteMarker, start: start, ends: ends))
        }
        self.init(rows)
    }
}

// MARK: Segments and uploads

extension MemoryReads {
    func segment(_ id: SegmentID) -> StoredSegment? { rows.segments[id]?.stored }

    func isNamed(_ segment: SegmentID) -> Bool { rows.segments[segment] != nil }

    func garbage(after segment: SegmentID?, limit: Int) -> [SegmentID] {
        let garbage = rows.segments.filter { $0.value.references == 0 && $0.key.value > segment?.value ?? 0 }
        return Array(garbage.keys.sorted { $0.value < $1.value }.prefix(limit))
    }

    func namesFiles() -> Bool { rows.segments.values.contains { $0.stored.bytes == nil && $0.references > 0 } }

    func totals() -> StoreTotals {
        let uploads = rows.uploads.values.filter { $0.ended == nil }
        let parts = uploads.flatMap { rows.parts[$0.id, default: [:]].values }
        return StoreTotals(
            buckets: Int64(rows.buckets.count), objects: rows.totals.objects, bytes: rows.totals.bytes,
            uploads: Int64(uploads.count), uploadedBytes: parts.reduce(0) { $0 + $1.size })
    }

    func upload(_ id: Upload.ID) -> Upload? { rows.uploads[id] }

    func uploads(in bucket: Bucket, _ range: ListRange, limit: Int) -> [Upload] {
        let found = rows.uploads.values.filter { upload in
            upload.bucket == bucket.id && upload.ended == nil && range.contains(upload)
        }
        let sorted = found.sorted { left, right in
            if left.key != right.key { return left.key.bytes.lexicographicallyPrecedes(right.key.bytes) }
            return left.id < right.id
        }
        return Array(sorted.prefix(limit))
    }

    func parts(of upload: Upload.ID, after number: Int, limit: Int) -> [PartRecord] {
        let parts = rows.parts[upload, default: [:]].values.filter { $0.number > number }
        return Array(parts.sorted { $0.number < $1.number }.prefix(limit))
    }

    func part(_ number: Int, of upload: Upload.ID) -> PartRecord? { rows.parts[upload]?[number] }
}

extension ListRange {
    fileprivate func contains(_ upload: Upload) -> Bool {
        let key = upload.key.bytes
        if let end, !key.lexicographicallyPrecedes(end) { return false }
        return switch start {
        case .at(let first): !key.lexicographicallyPrecedes(first)
        case .after(let last): last.lexicographicallyPrecedes(key)
        case .within(let last, let id):
            last.bytes.lexicographicallyPrecedes(key) || (last == upload.key && upload.id > id)
        }
    }
}

// MARK: Accounts, and the store itself

extension MemoryReads {
    func accounts() -> [IAMAccount] {
        rows.accounts.sorted { left, right in
            if left.id == IAMAccount.firstID || right.id == IAMAccount.firstID { return left.id == IAMAccount.firstID }
            return (left.created.milliseconds, left.id) < (right.created.milliseconds, right.id)
        }
    }

    func accountConfigurations() -> [String: [String: [UInt8]]] {
        rows.accountConfigurations.filter { !$0.value.isEmpty }
    }

    func entities(of account: String) -> [IAMEntityRow] { rows.entities.values.filter { $0.account == account } }

    func keyUse(of id: String) -> IAMKeyUse? { rows.keyUses[id] }

    func property(_ name: String) -> String? { rows.properties[name] }

    func revision(of topic: CatalogTopic) -> Int64 { rows.revisions[topic] ?? 0 }

    func events(after sequence: Int64, limit: Int) -> [StoredEvent] {
        Array(rows.events.drop { $0.sequence <= sequence }.prefix(limit))
    }

    func job(named name: String) -> JobRecord? { rows.jobs[name] }
}
