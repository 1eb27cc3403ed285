import CofferModel

@testable import CofferStorage

/// The rows of a catalog within a change whose locks are checked.
final class LockCheckingTransaction: CatalogTransaction {
    private let rows: any CatalogTransaction
    private var checks: LockChecks

    init(_ rows: any CatalogTransaction, _ checks: LockChecks) {
        self.rows = rows
        self.checks = checks
    }

    var time: Timestamp { rows.time }

    func nextSequence() async throws(StorageError) -> Int64 {
        checks.requireSequence()
        return try await rows.nextSequence()
    }

    // MARK: Buckets

    func insert(_ bucket: NewBucket) async throws(StorageError) -> Bucket {
        checks.requireName(bucket.name)
        let inserted = try await rows.insert(bucket)
        checks.made(inserted)
        return inserted
    }

    func setVersioning(_ versioning: Versioning, of bucket: Bucket) async throws(StorageError) {
        checks.requireWhole(bucket)
        try await rows.setVersioning(versioning, of: bucket)
    }

    func remove(_ bucket: Bucket) async throws(StorageError) -> Bool {
        checks.requireWhole(bucket)
        return try await rows.remove(bucket)
    }

    func setConfiguration(_ kind: String, of bucket: Bucket, to document: [UInt8]?) async throws(StorageError) {
        checks.requireWhole(bucket)
        try await rows.setConfiguration(kind, of: bucket, to: document)
    }

    // MARK: Objects

    func putCurrent(_ record: ObjectRecord, in bucket: Bucket) async throws(StorageError) {
        checks.requireWrite(record.key, in: bucket)
        try await rows.putCurrent(record, in: bucket)
    }

    func removeCurrent(_ key: ObjectKey, in bucket: Bucket) async throws(StorageError) {
        checks.requireWrite(key, in: bucket)
        try await rows.removeCurrent(key, in: bucket)
    }

    func putOther(_ record: ObjectRecord, in bucket: Bucket) async throws(StorageError) {
        checks.requireWrite(record.key, in: bucket)
        try await rows.putOther(record, in: bucket)
    }

    func removeOther(_ record: ObjectRecord, in bucket: Bucket) async throws(StorageError) {
        checks.requireWrite(record.key, in: bucket)
        try await rows.removeOther(record, in: bucket)
    }

    func addToTotals(objects: Int64, bytes: Int64) async throws(StorageError) {
        try await rows.addToTotals(objects: objects, bytes: bytes)
    }

    // MARK: Segments, whose references are counted; the key that refers to one is locked

    func insert(_ segment: NewSegment) async throws(StorageError) { try await rows.insert(segment) }

    func replace(_ segment: SegmentID, with bytes: [UInt8]) async throws(StorageError) {
        try await rows.replace(segment, with: bytes)
    }

    func retain(_ segment: SegmentID) async throws(StorageError) { try await rows.retain(segment) }

    func release(_ segment: SegmentID, removesBytes: Bool) async throws(StorageError) -> Bool {
        try await rows.release(segment, removesBytes: removesBytes)
    }

    func forget(_ segments: [SegmentID]) async throws(StorageError) { try await rows.forget(segments) }

    func isUnshared(_ segment: SegmentID, size: Int64) async throws(StorageError) -> Bool {
        try await rows.isUnshared(segment, size: size)
    }

    // MARK: Uploads

    func put(_ upload: Upload, in bucket: Bucket) async throws(StorageError) {
        checks.requireWrite(upload, in: bucket)
        try await rows.put(upload, in: bucket)
    }

    func markUploadsOvertaken(of key: ObjectKey, in bucket: Bucket) async throws(StorageError) {
        checks.requireWrite(key, in: bucket)
        try await rows.markUploadsOvertaken(of: key, in: bucket)
    }

    func removeUploads(of bucket: Bucket) async throws(StorageError) {
        checks.requireWhole(bucket)
        try await rows.removeUploads(of: bucket)
    }

    /// No change decides on an upload that ended long ago.
    func removeUploads(completedBefore: Timestamp, abortedBefore: Timestamp) async throws(StorageError) {
        try await rows.removeUploads(completedBefore: completedBefore, abortedBefore: abortedBefore)
    }

    func put(_ part: PartRecord, of upload: Upload.ID) async throws(StorageError) {
        checks.requirePart(part.number, of: upload)
        try await rows.put(part, of: upload)
    }

    func removeParts(of upload: Upload.ID) async throws(StorageError) {
        checks.requireWrite(upload)
        try await rows.removeParts(of: upload)
    }

    // MARK: Accounts and users

    func put(_ account: IAMAccount) async throws(StorageError) {
        checks.requireAccounts()
        try await rows.put(account)
    }

    func setConfiguration(
        _ kind: String, ofAccount account: String, to document: [UInt8]?
    ) async throws(StorageError) {
        checks.requireAccounts()
        try await rows.setConfiguration(kind, ofAccount: account, to: document)
    }

    func insert(_ entity: IAMEntityRow) async throws(StorageError) {
        checks.requireAccounts()
        try await rows.insert(entity)
    }

    func remove(_ entity: IAMEntityRow) async throws(StorageError) {
        checks.requireAccounts()
        try await rows.remove(entity)
    }

    func put(_ use: IAMKeyUse, of id: String) async throws(StorageError) {
        checks.requireAccounts()
        try await rows.put(use, of: id)
    }

    func removeStaleKeyUses() async throws(StorageError) {
        checks.requireAccounts()
        try await rows.removeStaleKeyUses()
    }

    // MARK: The store itself, of which a change decides on nothing

    func setProperty(_ name: String, to value: String) async throws(StorageError) {
        try await rows.setProperty(name, to: value)
    }

    func raiseRevision(of topic: CatalogTopic) async throws(StorageError) -> Int64 {
        if topic == .identities { checks.requireAccounts() }
        return try await rows.raiseRevision(of: topic)
    }

    func append(_ event: StoreEvent) async throws(StorageError) { try await rows.append(event) }

    func removeEvents(through sequence: Int64) async throws(StorageError) {
        try await rows.removeEvents(through: sequence)
    }

    func put(_ job: JobRecord) async throws(StorageError) { try await rows.put(job) }
}

/// What a change reads, it decides on.
extension LockCheckingTransaction {
    func bucket(named name: BucketName) async throws(StorageError) -> Bucket? {
        checks.requireName(name)
        return try await rows.bucket(named: name)
    }

    func bucket(id: Int64) async throws(StorageError) -> Bucket? {
        checks.requireBucket(id)
        return try await rows.bucket(id: id)
    }

    func buckets(_ query: BucketQuery) async throws(StorageError) -> [Bucket] { try await rows.buckets(query) }

    func buckets(withConfiguration kind: String) async throws(StorageError) -> [Bucket] {
        try await rows.buckets(withConfiguration: kind)
    }

    func configurations(of bucket: Bucket) async throws(StorageError) -> [String: [UInt8]] {
        checks.requireBucket(bucket.id)
        return try await rows.configurations(of: bucket)
    }

    func current(_ key: ObjectKey, in bucket: Bucket, withSegment: Bool) async throws(StorageError) -> ObjectRecord? {
        checks.requireRead(key, in: bucket)
        return try await rows.current(key, in: bucket, withSegment: withSegment)
    }

    func newestOther(_ key: ObjectKey, in bucket: Bucket) async throws(StorageError) -> ObjectRecord? {
        checks.requireRead(key, in: bucket)
        return try await rows.newestOther(key, in: bucket)
    }

    func other(_ key: ObjectKey, version: VersionID, in bucket: Bucket) async throws(StorageError) -> ObjectRecord? {
        checks.requireRead(key, in: bucket)
        return try await rows.other(key, version: version, in: bucket)
    }

    func objects(
        in bucket: Bucket, _ range: ListRange, limit: Int, withOwners: Bool
    ) async throws(StorageError) -> ObjectRows {
        checks.requireWhole(bucket)
        return try await rows.objects(in: bucket, range, limit: limit, withOwners: withOwners)
    }

    func visitKeys(
        in bucket: Bucket, _ range: ListRange, _ visit: (_ key: Span<UInt8>) -> [UInt8]?
    ) async throws(StorageError) {
        checks.requireWhole(bucket)
        try await rows.visitKeys(in: bucket, range, visit)
    }

    func versions(in bucket: Bucket, _ range: ListRange, limit: Int) async throws(StorageError) -> ObjectRows {
        checks.requireWhole(bucket)
        return try await rows.versions(in: bucket, range, limit: limit)
    }

    func segment(_ id: SegmentID) async throws(StorageError) -> StoredSegment? { try await rows.segment(id) }
    func isNamed(_ segment: SegmentID) async throws(StorageError) -> Bool { try await rows.isNamed(segment) }

    func garbage(after segment: SegmentID?, limit: Int) async throws(StorageError) -> [SegmentID] {
        try await rows.garbage(after: segment, limit: limit)
    }

    func namesFiles() async throws(StorageError) -> Bool { try await rows.namesFiles() }
    func totals() async throws(StorageError) -> StoreTotals { try await rows.totals() }

    func upload(_ id: Upload.ID) async throws(StorageError) -> Upload? {
        checks.requireRead(id)
        return try await rows.upload(id)
    }

    func uploads(in bucket: Bucket, _ range: ListRange, limit: Int) async throws(StorageError) -> [Upload] {
        checks.requireWhole(bucket)
        let uploads = try await rows.uploads(in: bucket, range, limit: limit)
        checks.saw(uploads, in: bucket)
        return uploads
    }

    func parts(of upload: Upload.ID, after number: Int, limit: Int) async throws(StorageError) -> [PartRecord] {
        checks.requireWrite(upload)
        return try await rows.parts(of: upload, after: number, limit: limit)
    }

    func part(_ number: Int, of upload: Upload.ID) async throws(StorageError) -> PartRecord? {
        checks.requirePart(number, of: upload)
        return try await rows.part(number, of: upload)
    }

    func accounts() async throws(StorageError) -> [IAMAccount] {
        checks.requireAccounts()
        return try await rows.accounts()
    }

    func accountConfigurations() async throws(StorageError) -> [String: [String: [UInt8]]] {
        checks.requireAccounts()
        return try await rows.accountConfigurations()
    }

    func entities(of account: String) async throws(StorageError) -> [IAMEntityRow] {
        checks.requireAccounts()
        return try await rows.entities(of: account)
    }

    func keyUse(of id: String) async throws(StorageError) -> IAMKeyUse? {
        checks.requireAccounts()
        return try await rows.keyUse(of: id)
    }

    func property(_ name: String) async throws(StorageError) -> String? { try await rows.property(name) }

    /// Changes decide on no other revision.
    func revision(of topic: CatalogTopic) async throws(StorageError) -> Int64 {
        if topic == .identities { checks.requireAccounts() }
        return try await rows.revision(of: topic)
    }

    func events(after sequence: Int64, limit: Int) async throws(StorageError) -> [StoredEvent] {
        try await rows.events(after: sequence, limit: limit)
    }

    func job(named name: String) async throws(StorageError) -> JobRecord? { try await rows.job(named: name) }
}
