package import CofferModel

/// A change of a version's attributes: its tags, its ACL, its lock, its restoration.
package struct ObjectUpdate: Sendable {
    package let key: ObjectKey
    /// nil for the current version.
    package let version: VersionID?
    /// Decides on the version's attributes, or refuses, given the version as it is in the transaction.
    package let change: @Sendable (_ record: ObjectRecord) throws(S3Error) -> StoredAttributes

    package init(
        key: ObjectKey, version: VersionID?,
        change: @escaping @Sendable (_ record: ObjectRecord) throws(S3Error) -> StoredAttributes
    ) {
        self.key = key
        self.version = version
        self.change = change
    }
}

extension CatalogTransaction {
    /// - Throws: ``StorageError/noSuchKey(_:)``, ``StorageError/refused(_:)``.
    func update(_ update: ObjectUpdate, in bucket: Bucket) async throws(StorageError) -> ObjectRecord {
        try await require(bucket)
        let found = try await object(update.key, version: update.version, in: bucket)
        guard let found else { throw .noSuchKey(update.key) }
        let record = found.with(attributes: try decide { () throws(S3Error) in try update.change(found) })
        if try await current(record.key, in: bucket)?.sequence == record.sequence {
            try await putCurrent(record, in: bucket)
        } else {
            try await putOther(record, in: bucket)
        }
        return record
    }
}
