import CofferModel
import Testing

@testable import CofferStorage

/// What tests ask of versions and uploads.
extension StoreFixture {
    func setVersioning(_ versioning: Versioning) async throws { try await store.setVersioning(versioning, of: bucket) }

    func current(_ name: String) async throws -> ObjectRecord? { try await store.object(key(name), in: bucket) }

    func version(_ name: String, _ version: VersionID) async throws -> ObjectRecord? {
        try await store.object(key(name), version: version, in: bucket)
    }

    /// The versions and delete markers of one page.
    func versions(
        _ keys: ListQuery = ListQuery(limit: 100_000), after version: VersionID? = nil
    ) async throws -> [ObjectSummary] {
        let page = try await store.listVersions(VersionQuery(keys: keys, afterVersion: version), in: bucket)
        return page.entries.compactMap { entry in
            guard case .item(let item) = entry else { return nil }
            return item
        }
    }

    // MARK: Uploads

    func createUpload(_ name: String, encryption: Encryption? = nil) async throws -> Upload {
        try await store.createUpload(
            NewUpload(
                key: key(name), owner: "1", initiator: "arn:alice",
                attributes: StoredAttributes(fields: [("content-type", "text/csv")]), encryption: encryption,
                checksum: nil),
            in: bucket)
    }

    func put(_ body: [UInt8], asPart number: Int, of upload: Upload, key: [UInt8]? = nil) async throws {
        let incoming = try store.makeBody(key: key)
        try incoming.append(body.span)
        _ = try await store.put(
            incoming, asPart: number, of: upload, etag: ETag("part\(number)"), checksum: nil)
    }

    /// - Parameter numbers: the parts to take; nil for all.
    @discardableResult
    func complete(
        _ upload: Upload, _ numbers: [Int]? = nil, conflict: S3Error? = nil, condition: WriteCheck? = nil
    ) async throws -> ObjectRecord {
        let written = try await store.complete(upload, in: bucket, condition: condition, conflict: conflict) { parts in
            UploadCompletion(
                parts: numbers ?? parts.map(\.number), etag: ETag("whole"), attributes: upload.attributes)
        }
        return written.record
    }

    func uploads(_ query: UploadQuery? = nil) async throws -> UploadPage {
        let everything = UploadQuery(prefix: [], delimiter: [], afterKey: [], afterUpload: "", limit: 1000)
        return try await store.uploads(query ?? everything, in: bucket)
    }

    /// Makes an object of parts, each of which is a segment.
    @discardableResult
    func put(parts: [[UInt8]], as name: String) async throws -> ObjectRecord {
        let upload = try await createUpload(name)
        for (index, part) in parts.enumerated() { try await put(part, asPart: index + 1, of: upload) }
        return try await complete(upload)
    }

    @discardableResult
    func append(
        _ body: [UInt8], to name: String, key: [UInt8]? = nil, encryption: Encryption? = nil
    ) async throws -> ObjectRecord {
        let incoming = try store.makeBody(key: key)
        try incoming.append(body.span)
        let written = try await store.append(incoming, to: self.key(name), in: bucket, encryption: encryption) {
            current throws(S3Error) in
            guard let current else { throw S3Error(.noSuchKey) }
            return AppendedObject(etag: ETag("\(current.etag.value)+"), attributes: current.attributes)
        }
        return written.record
    }

    // MARK: The end

    /// Deletes all that there is: no segment and no file may be left.
    func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for listed in try await versions() {
            try await delete(Deletion(key: listed.key, version: listed.version))
        }
        for case .item(let upload) in try await uploads().entries { try await store.abort(upload, in: bucket) }
        let totals = try await store.totals()
        #expect(totals.objects == 0 && totals.bytes == 0, sourceLocation: sourceLocation)
        try await eventually({ try segmentCount == 0 && blobFiles.isEmpty }, sourceLocation: sourceLocation)
    }

    /// Waits until the collection has looked at everything that was garbage before.
    func collectGarbage() async throws {
        try await put(Self.pattern(5000), as: "garbage")
        let file = try #require(try blobFiles.max { $0.suffix(16) < $1.suffix(16) })
        try await store.delete([Deletion(key: key("garbage"), version: .null)], in: bucket)
        try await eventually { try !blobFiles.contains(file) }
    }
}
