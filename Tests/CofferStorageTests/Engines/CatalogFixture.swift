import CofferModel
import CofferSystem
import CofferTestSupport

@testable import CofferStorage

/// A catalog alone, with one bucket.
struct CatalogFixture: Sendable {
    let directory: TemporaryDirectory
    let catalog: any Catalog
    let bucket: Bucket

    init(clock: ServiceClock = .system) async throws {
        directory = try TemporaryDirectory()
        catalog = try Engine.current.openCatalog(in: directory, clock: clock)
        let new = Self.newBucket("books")
        bucket = try await catalog.change(CatalogLocks(bucketName: new.name)) { rows async throws(StorageError) in
            try await rows.insert(new)
        }
    }

    @discardableResult
    func change<Value: Sendable>(
        _ body: @escaping @Sendable (_ rows: any CatalogTransaction) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await catalog.change(.exclusive(bucket), body)
    }

    func read<Value: Sendable>(
        _ body: @Sendable (_ rows: any CatalogReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await catalog.read(body)
    }

    static func newBucket(_ name: String) -> NewBucket {
        NewBucket(
            name: BucketName(unchecked: name), owner: "1", region: "r", created: Timestamp(seconds: 1),
            versioning: .neverEnabled, configurations: [:])
    }

    func key(_ name: String) -> ObjectKey { ObjectKey(unchecked: Array(name.utf8)) }

    func record(
        _ name: String, _ sequence: Int64, version: VersionID? = nil, isDeleteMarker: Bool = false
    ) -> ObjectRecord {
        ObjectRecord(
            key: key(name), sequence: sequence, version: version ?? VersionID(sequence: sequence),
            isDeleteMarker: isDeleteMarker, modified: Timestamp(seconds: sequence), size: 0, etag: ETag("e"),
            owner: "1", attributes: StoredAttributes(fields: []), layout: ObjectLayout())
    }

    func upload(_ name: String, _ id: Upload.ID) -> Upload {
        Upload(
            id: id, uploadID: Upload.uploadID(id), bucket: bucket.id, key: key(name), initiated: Timestamp(seconds: id),
            owner: "1", initiator: "arn:alice", attributes: StoredAttributes(fields: []), encryption: nil, checksum: nil
        )
    }

    func segment(_ id: Int64, bytes: [UInt8]? = nil) -> NewSegment {
        NewSegment(
            id: SegmentID(id), size: Int64(bytes?.count ?? 5000), bytes: bytes,
            checksums: SegmentChecksums(of: bytes ?? []))
    }

    func event(_ kind: String, key name: String? = nil, document: [UInt8] = []) -> StoreEvent {
        StoreEvent(kind: kind, bucket: bucket, key: name.map(key), document: document)
    }
}
