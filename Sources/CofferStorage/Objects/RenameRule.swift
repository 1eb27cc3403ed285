package import CofferModel

/// A rename of an object to another key, replacing any object that has that key.
package struct ObjectRename: Sendable {
    package let source: ObjectKey
    package let destination: ObjectKey
    package let sourceCondition: WriteCheck
    package let destinationCondition: WriteCheck

    package init(
        source: ObjectKey, destination: ObjectKey, sourceCondition: @escaping WriteCheck,
        destinationCondition: @escaping WriteCheck
    ) {
        precondition(source != destination, "renaming an object to its own key would delete it")
        self.source = source
        self.destination = destination
        self.sourceCondition = sourceCondition
        self.destinationCondition = destinationCondition
    }
}

extension CatalogTransaction {
    /// Renames an object, which keeps its bytes, its modification time and its attributes.
    func rename(_ rename: ObjectRename, in bucket: Bucket) async throws(StorageError) -> WriteOutcome {
        let versioning = try await requireNoVersions(bucket)
        let found = try await object(rename.source, version: nil, in: bucket)
        try decide { () throws(S3Error) in try rename.sourceCondition(found) }
        try await check(rename.destinationCondition, rename.destination, in: bucket)
        guard let source = found, !source.isDeleteMarker else { throw .noSuchKey(rename.source) }
        try requireUnlocked(source)
        let sequence = try await nextSequence()
        let record = ObjectRecord(
            key: rename.destination, sequence: sequence, version: Self.version(versioning, sequence),
            isDeleteMarker: false, modified: source.modified, size: source.size, etag: source.etag,
            owner: source.owner, attributes: source.attributes, layout: source.layout)
        let written = try await write(record, versioning, in: bucket, sharing: source.extents)
        let removed = try await delete(Deletion(key: rename.source), versioning, in: bucket)
        return WriteOutcome(
            record: written.record, versioning: versioning, madeGarbage: written.madeGarbage || removed.madeGarbage)
    }
}
