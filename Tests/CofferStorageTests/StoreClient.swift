import CofferModel

@testable import CofferStorage

/// A client of a store, for which objects have their digests as ETags.
struct StoreClient: Sendable {
    let store: ObjectStore

    private static let everything = ListQuery(limit: 100_000)

    // MARK: Reading

    func buckets() async throws -> [Bucket] { try await store.buckets(BucketQuery(owner: "1", limit: 1000)) }

    func bucket(_ name: String) async throws -> Bucket {
        guard let bucket = try await store.bucket(named: BucketName(name)) else { throw Discrepancy("\(name) is gone") }
        return bucket
    }

    /// The versions and delete markers of a bucket, the newest of a key first.
    func versions(in bucket: Bucket) async throws -> [ObjectSummary] {
        Self.items(try await store.listVersions(VersionQuery(keys: Self.everything), in: bucket))
    }

    func uploads(in bucket: Bucket) async throws -> [Upload] {
        let query = UploadQuery(prefix: [], delimiter: [], afterKey: [], afterUpload: "", limit: 1000)
        return Self.items(try await store.uploads(query, in: bucket))
    }

    private static func items<Item>(_ page: Page<Item>) -> [Item] {
        page.entries.compactMap { if case .item(let item) = $0 { item } else { nil } }
    }

    /// The digest of a version's bytes.
    func digest(of version: ObjectSummary, in bucket: Bucket) async throws -> String {
        let record = try await store.object(version.key, version: version.version, in: bucket, isToBeRead: true)
        guard let record else { throw Discrepancy("a version that is listed is not there") }
        let digest = StoreContents.digest(try await bytes(of: record, in: bucket))
        guard record.etag.value == digest else { throw Discrepancy("a version has the bytes of another") }
        return digest
    }

    private func bytes(of object: ObjectRecord, in bucket: Bucket) async throws -> [UInt8] {
        switch try await store.content(of: object, in: bucket, range: 0..<object.size) {
        case .bytes(let bytes): return bytes
        case .gone: throw Discrepancy("the bytes of an object are gone")
        case .reader(let reader):
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 10_000)
            repeat {
                let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
                bytes += buffer[..<count]
            } while try await reader.advance()
            return bytes
        }
    }

    // MARK: Changing

    func createBucket(_ name: String, isVersioned: Bool) async throws {
        _ = try await store.createBucket(
            BucketName(name), owner: "1", region: "r", versioning: isVersioned ? .enabled : .neverEnabled)
    }

    func deleteBucket(_ name: String) async throws { try await store.deleteBucket(try await bucket(name)) }

    /// The body arrives in pieces.
    private func receive(_ body: [UInt8]) throws -> IncomingBody {
        let incoming = try store.makeBody()
        for start in stride(from: 0, to: body.count, by: 3000) {
            try incoming.append(body.span.extracting(start..<min(start + 3000, body.count)))
        }
        return incoming
    }

    func put(_ body: [UInt8], _ bucket: String, _ key: String) async throws {
        _ = try await store.put(
            try receive(body), as: try self.key(key), in: try await self.bucket(bucket),
            etag: ETag(StoreContents.digest(body)), attributes: StoredAttributes(fields: []), owner: "1")
    }

    /// - Parameter whole: the object's bytes with those that are appended.
    func append(_ body: [UInt8], makingIt whole: [UInt8], _ bucket: String, _ key: String) async throws {
        let digest = StoreContents.digest(whole)
        _ = try await store.append(
            try receive(body), to: try self.key(key), in: try await self.bucket(bucket)
        ) { current throws(S3Error) in
            guard let current else { throw S3Error(.noSuchKey) }
            return AppendedObject(etag: ETag(digest), attributes: current.attributes)
        }
    }

    func copy(_ source: (bucket: String, key: String), to target: (bucket: String, key: String)) async throws {
        let (from, to) = (try await bucket(source.bucket), try await bucket(target.bucket))
        let record = try await store.object(key(source.key), in: from)
        guard let record else { throw Discrepancy("the source of a copy is gone") }
        _ = try await store.copy(
            ObjectCopy(
                source: record, sourceBucket: from, key: try key(target.key), bucket: to, owner: "1",
                attributes: record.attributes))
    }

    func rename(_ source: String, to target: String, in bucket: String) async throws {
        _ = try await store.rename(
            ObjectRename(
                source: try key(source), destination: try key(target), sourceCondition: { _ in },
                destinationCondition: { _ in }),
            in: try await self.bucket(bucket))
    }

    /// - Parameter index: of the version to remove for good, counted from the newest; nil deletes the object.
    func delete(_ bucket: String, _ name: String, version index: Int? = nil) async throws {
        let (bucket, key) = (try await self.bucket(bucket), try key(name))
        var version: VersionID?
        if let index { version = try await versions(in: bucket).filter { $0.key == key }[index].version }
        for outcome in try await store.delete([Deletion(key: key, version: version)], in: bucket) {
            _ = try outcome.get()
        }
    }

    // MARK: Uploads

    func createUpload(_ bucket: String, _ key: String) async throws {
        _ = try await store.createUpload(
            NewUpload(
                key: try self.key(key), owner: "1", initiator: "1", attributes: StoredAttributes(fields: []),
                encryption: nil, checksum: nil),
            in: try await self.bucket(bucket))
    }

    private func upload(_ bucket: Bucket, _ key: String) async throws -> Upload {
        let key = try self.key(key)
        guard let upload = try await uploads(in: bucket).first(where: { $0.key == key }) else {
            throw Discrepancy("an upload is gone")
        }
        return upload
    }

    func put(_ body: [UInt8], asPart number: Int, _ bucket: String, _ key: String) async throws {
        let upload = try await upload(try await self.bucket(bucket), key)
        _ = try await store.put(
            try receive(body), asPart: number, of: upload, etag: ETag(StoreContents.digest(body)), checksum: nil)
    }

    /// - Parameter whole: the bytes of all parts.
    func complete(makingIt whole: [UInt8], _ bucket: String, _ key: String) async throws {
        let bucket = try await self.bucket(bucket)
        let digest = StoreContents.digest(whole)
        let attributes = StoredAttributes(fields: [])
        _ = try await store.complete(try await upload(bucket, key), in: bucket) { parts in
            UploadCompletion(parts: parts.map(\.number), etag: ETag(digest), attributes: attributes)
        }
    }

    func abort(_ bucket: String, _ key: String) async throws {
        let bucket = try await self.bucket(bucket)
        try await store.abort(try await upload(bucket, key), in: bucket)
    }

    private func key(_ name: String) throws -> ObjectKey { try ObjectKey(Array(name.utf8)) }
}
