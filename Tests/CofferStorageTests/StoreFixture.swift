import CofferCrypto
import CofferHTTP
import CofferModel
import CofferSQLite
import CofferSystem
import CofferTestSupport
import Foundation
import Testing

@testable import CofferMemoryCatalog
@testable import CofferStorage

/// A store in a directory of its own, with one bucket, and what tests ask of it.
struct StoreFixture: Sendable {
    static let inlineLimit = 100

    let directory: TemporaryDirectory
    let store: ObjectStore
    let bucket: Bucket

    init(durability: ObjectStore.Durability = .relaxed) async throws {
        directory = try TemporaryDirectory()
        store = try await Self.open(directory, durability: durability)
        bucket = try await store.createBucket(BucketName("books"), owner: "1", region: "us-east-1")
    }

    init(_ store: ObjectStore, in directory: TemporaryDirectory) async throws {
        self.directory = directory
        self.store = store
        bucket = try #require(try await store.bucket(named: BucketName("books")))
    }

    /// Opens the store of a directory, which stays for as long as the store does.
    static func open(
        _ directory: TemporaryDirectory, durability: ObjectStore.Durability = .relaxed
    ) async throws -> ObjectStore {
        raiseDescriptorLimit()
        return try await Engine.current.openStore(in: directory, durability: durability)
    }

    @discardableResult
    func put(
        _ body: [UInt8], as name: String, in other: Bucket? = nil, fields: [(name: String, value: String)] = [],
        tags: [CofferModel.Tag] = [], condition: WriteCheck? = nil
    ) async throws -> ObjectRecord {
        let incoming = try store.makeBody()
        try incoming.append(body.span)
        let written = try await store.put(
            incoming, as: key(name), in: other ?? bucket, etag: ETag(hex(Digest.of(body, .md5))),
            attributes: StoredAttributes(fields: fields, tags: tags), owner: "1", condition: condition)
        return written.record
    }

    @discardableResult
    func copy(_ source: String, _ version: VersionID? = nil, to name: String) async throws -> ObjectRecord {
        try await store.copy(copying(source, version, to: name)).record
    }

    /// A copy that says of itself what its source says.
    func copying(_ source: String, _ version: VersionID? = nil, to name: String) async throws -> ObjectCopy {
        guard let record = try await store.object(key(source), version: version, in: bucket), !record.isDeleteMarker
        else {
            throw StorageError.noSuchKey(try key(source))
        }
        return ObjectCopy(
            source: record, sourceBucket: bucket, key: try key(name), bucket: bucket, owner: "1",
            attributes: record.attributes, encryption: record.encryption)
    }

    func delete(_ names: String...) async throws {
        for outcome in try await store.delete(names.map { Deletion(key: try key($0)) }, in: bucket) {
            _ = try outcome.get()
        }
    }

    /// Deletes a version for good.
    @discardableResult
    func delete(_ name: String, _ version: VersionID) async throws -> DeletionOutcome {
        try await delete(Deletion(key: try key(name), version: version))
    }

    @discardableResult
    func delete(_ deletion: Deletion) async throws -> DeletionOutcome {
        let outcomes = try await store.delete([deletion], in: bucket)
        return try #require(outcomes.first).get()
    }

    /// The bytes of an object; nil if there is none.
    func get(_ name: String, _ range: Range<Int64>? = nil) async throws -> [UInt8]? {
        guard let record = try await store.object(key(name), in: bucket) else { return nil }
        return try await bytes(of: record, range)
    }

    /// The bytes of a record; nil if they are gone.
    func bytes(
        of record: ObjectRecord, _ range: Range<Int64>? = nil, key: [UInt8]? = nil
    ) async throws -> [UInt8]? {
        try await Self.bytes(of: store.content(of: record, in: bucket, range: range ?? 0..<record.size, key: key))
    }

    /// nil if the bytes are gone.
    static func bytes(of content: StoredContent) async throws -> [UInt8]? {
        switch content {
        case .bytes(let bytes): return bytes
        case .gone: return nil
        case .reader(let reader): return try await read(reader)
        }
    }

    /// All that is left, in steps that meet no border of anything.
    static func read(_ reader: ContentReader) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 9973)
        repeat {
            let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
            bytes += buffer[..<count]
        } while try await reader.advance()
        return bytes
    }

    func key(_ name: String) throws -> ObjectKey { try ObjectKey(Array(name.utf8)) }

    func names(_ query: ListQuery = ListQuery(limit: 1000)) async throws -> [String] {
        try await store.list(query, in: bucket).entries.map { String(decoding: $0.name, as: UTF8.self) }
    }

    /// The files of bodies, by their paths below the directory of blobs.
    var blobFiles: [String] {
        get throws {
            let root = store.path + "/blobs"
            while true {
                do {
                    return try FileManager.default.subpathsOfDirectory(atPath: root).filter {
                        fileSize("\(root)/\($0)") != nil && !$0.hasPrefix("orphans/")
                    }
                } catch CocoaError.fileReadNoSuchFile {
                    // A directory was removed in the background while it was read.
                    continue
                }
            }
        }
    }

    /// Those that were set aside.
    var orphanFiles: [String] {
        get throws { try PosixFileSystem().entries(of: store.path + "/blobs/orphans", mayBeMissing: true) }
    }

    /// Segments that the catalog knows, garbage included.
    var segmentCount: Int64 {
        get throws {
            if let memory = (store.catalog as? LockCheckingCatalog)?.checked as? MemoryCatalog {
                return Int64(memory.rows.segments.count)
            }
            let connection = try SQLiteConnection(path: store.path + "/catalog.sqlite", isReadOnly: true)
            return try connection.first("SELECT count(*) FROM segments", row: { $0.integer(0) }) ?? -1
        }
    }

    /// Waits until something that happens in the background is so.
    func eventually(
        _ claim: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while try await !claim() {
            guard ContinuousClock.now < deadline else {
                Issue.record("not within five minutes", sourceLocation: sourceLocation)
                return
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// The least time that something takes of several times: what runs beside it only makes it longer.
    static func fastest<Value>(of count: Int, _ body: () async throws -> Value) async throws -> Duration {
        var fastest = Duration.seconds(1000)
        for _ in 0..<count {
            let start = ContinuousClock.now
            _ = try await body()
            fastest = min(fastest, start.duration(to: .now))
        }
        return fastest
    }

    static func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 167 &+ $0 >> 8) }
    }
}

/// A regular file's size in bytes; nil if there is none.
func fileSize(_ path: String) -> Int64? { PosixFileSystem().byteCount(ofFile: path) }

extension StorageError {
    /// The case's name, for comparing.
    var name: String {
        switch self {
        case .noSuchBucket: "noSuchBucket"
        case .bucketExists: "bucketExists"
        case .bucketNotEmpty: "bucketNotEmpty"
        case .noSuchKey: "noSuchKey"
        case .sourceChanged: "sourceChanged"
        case .invalidBucketState: "invalidBucketState"
        case .busy: "busy"
        case .noSuchUpload: "noSuchUpload"
        case .refused(let error): "refused: \(error.code.name)"
        case .noSpace: "noSpace"
        case .notCommitted(let error): error.name
        case .damaged: "damaged"
        case .failed: "failed"
        }
    }
}
