import CofferModel

@testable import CofferStorage

/// A change of rows in memory.
final class MemoryTransaction: MemoryReads, CatalogTransaction {
    private(set) var rows: MemoryRows
    let time: Timestamp

    init(_ rows: MemoryRows, time: Timestamp) {
        self.rows = rows
        self.time = time
    }

    func nextSequence() -> Int64 {
        rows.sequence += 1
        return rows.sequence
    }

    // MARK: Buckets

    func insert(_ new: NewBucket) throws(StorageError) -> Bucket {
        guard bucket(named: new.name) == nil else { throw .failed("the name \(new.name) is taken") }
        rows.lastBucket += 1
        let bucket = Bucket(
            id: rows.lastBucket, name: new.name, owner: new.owner, region: new.region, created: new.created,
            versioning: new.versioning)
        rows.buckets[bucket.id] = bucket
        return bucket
    }

    func setVersioning(_ versioning: Versioning, of bucket: Bucket) {
        guard let old = rows.buckets[bucket.id] else { return }
        rows.buckets[bucket.id] = Bucket(
            id: old.id, name: old.name, owner: old.owner, region: old.region, created: old.created,
            versioning: versioning)
    }

    func remove(_ bucket: Bucket) -> Bool {
        rows.configurations[bucket.id] = nil
        return rows.buckets.removeValue(forKey: bucket.id) != nil
    }

    func setConfiguration(_ kind: String, of bucket: Bucket, to document: [UInt8]?) {
        rows.configurations[bucket.id, default: [:]][kind] = document
    }

    // MARK: Objects

    func putCurrent(_ record: ObjectRecord, in bucket: Bucket) {
        removeCurrent(record.key, in: bucket)
        rows.current.put(record.asStored, in: bucket)
    }

    func removeCurrent(_ key: ObjectKey, in bucket: Bucket) {
        guard let former = rows.current.first(key, in: bucket) else { return }
        rows.current.remove(key, former.sequence, in: bucket)
    }

    func putOther(_ record: ObjectRecord, in bucket: Bucket) { rows.others.put(record.asStored, in: bucket) }

    func removeOther(_ record: ObjectRecord, in bucket: Bucket) {
        rows.others.remove(record.key, record.sequence, in: bucket)
    }

    func addToTotals(objects: Int64, bytes: Int64) {
        rows.totals.objects += objects
        rows.totals.bytes += bytes
    }

    // MARK: Segments

    func insert(_ new: NewSegment) throws(StorageError) {
        guard rows.segments[new.id] == nil else { throw .failed("segment \(new.id) exists") }
        let stored = StoredSegment(size: new.size, bytes: new.bytes, checksums: new.checksums)
        rows.segments[new.id] = MemoryRows.Segment(references: 1, stored: stored)
    }

    func replace(_ segment: SegmentID, with bytes: [UInt8]) throws(StorageError) {
        try require(segment)
        rows.segments[segment]?.stored = StoredSegment(
            size: Int64(bytes.count), bytes: bytes, checksums: SegmentChecksums(of: bytes))
    }

    func retain(_ segment: SegmentID) throws(StorageError) {
        try require(segment)
        rows.segments[segment]?.references += 1
    }

    func release(_ segment: SegmentID, removesBytes: Bool) throws(StorageError) -> Bool {
        let row = try require(segment)
        guard removesBytes, row.references == 1, row.stored.bytes != nil else {
            rows.segments[segment]?.references -= 1
            return true
        }
        rows.segments[segment] = nil
        return false
    }

    /// A database would change no row; here a rule that counts wrongly is noticed.
    @discardableResult
    private func require(_ segment: SegmentID) throws(StorageError) -> MemoryRows.Segment {
        guard let row = rows.segments[segment], row.references > 0 else {
            throw .failed("segment \(segment) has no references")
        }
        return row
    }

    func forget(_ segments: [SegmentID]) {
        for segment in segments where rows.segments[segment]?.references == 0 { rows.segments[segment] = nil }
    }

    func isUnshared(_ segment: SegmentID, size: Int64) -> Bool {
        guard let row = rows.segments[segment] else { return false }
        return row.references == 1 && row.stored.size == size && row.stored.bytes != nil
    }

    // MARK: Uploads

    func put(_ upload: Upload, in bucket: Bucket) { rows.uploads[upload.id] = upload }

    func markUploadsOvertaken(of key: ObjectKey, in bucket: Bucket) {
        for (id, upload) in rows.uploads where upload.bucket == bucket.id && upload.key == key && upload.ended == nil {
            rows.uploads[id]?.isOvertaken = true
        }
    }

    func removeUploads(of bucket: Bucket) { rows.uploads = rows.uploads.filter { $0.value.bucket != bucket.id } }

    func removeUploads(completedBefore: Timestamp, abortedBefore: Timestamp) {
        rows.uploads = rows.uploads.filter { _, upload in
            guard let ended = upload.ended else { return true }
            return ended >= completedBefore && (upload.completed != nil || ended >= abortedBefore)
        }
    }

    func put(_ part: PartRecord, of upload: Upload.ID) { rows.parts[upload, default: [:]][part.number] = part }

    func removeParts(of upload: Upload.ID) { rows.parts[upload] = nil }

    // MARK: Accounts and users

    func put(_ account: IAMAccount) throws(StorageError) {
        let others = rows.accounts.filter { $0.id != account.id }
        let isTaken = others.contains { other in
            other.name.lowercased() == account.name.lowercased()
                || other.email.lowercased() == account.email.lowercased()
        }
        guard !isTaken else { throw .failed("the name or the e-mail address is taken") }
        let created = rows.accounts.first { $0.id == account.id }?.created ?? account.created
        rows.accounts =
            others + [IAMAccount(id: account.id, name: account.name, email: account.email, created: created)]
    }

    func setConfiguration(_ kind: String, ofAccount account: String, to document: [UInt8]?) {
        rows.accountConfigurations[account, default: [:]][kind] = document
    }

    func insert(_ entity: IAMEntityRow) throws(StorageError) {
        let isTaken = rows.entities.values.contains { other in
            other.id == entity.id || !Set(other.accessKeys).isDisjoint(with: entity.accessKeys)
                || (other.account == entity.account && other.kind == entity.kind
                    && other.foldedName == entity.foldedName)
        }
        guard !isTaken else { throw .failed("the id, the name or an access key of \(entity.name) is taken") }
        rows.entities[entity.id] = entity
    }

    func remove(_ entity: IAMEntityRow) { rows.entities[entity.id] = nil }

    func put(_ use: IAMKeyUse, of id: String) {
        if rows.hasKeyOrRole(id) { rows.keyUses[id] = use }
    }

    func removeStaleKeyUses() { rows.keyUses = rows.keyUses.filter { rows.hasKeyOrRole($0.key) } }

    // MARK: The store itself

    func setProperty(_ name: String, to value: String) { rows.properties[name] = value }

    func raiseRevision(of topic: CatalogTopic) -> Int64 {
        rows.revisions[topic, default: 0] += 1
        return rows.revisions[topic, default: 0]
    }

    func append(_ event: StoreEvent) {
        rows.events.append(StoredEvent(sequence: nextSequence(), time: time, event: event))
    }

    func removeEvents(through sequence: Int64) { rows.events.removeAll { $0.sequence <= sequence } }

    func put(_ job: JobRecord) { rows.jobs[job.name] = job }
}

extension ObjectRecord {
    /// Without the segment that may have been read with it, which is a row of its own.
    fileprivate var asStored: ObjectRecord { with(layout: layout.with(nil)) }
}
