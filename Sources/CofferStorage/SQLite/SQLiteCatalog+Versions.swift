import CofferModel

/// The order of the versions of a key.
extension SQLiteCatalog {
    /// Returns the id of a version that is written now.
    static func version(_ versioning: Versioning, _ sequence: Int64) -> VersionID {
        versioning == .enabled ? VersionID(sequence: sequence) : .null
    }

    /// Makes a record the current object of its key. The former one stays as a version or is removed.
    static func write(
        _ record: ObjectRecord, _ versioning: Versioning, in bucket: Bucket, at time: Timestamp,
        _ connection: SQLiteConnection
    ) throws(StorageError) -> WrittenObject {
        let madeGarbage = try archiveOrReplaceCurrent(of: record.key, versioning, in: bucket, at: time, connection)
        try insert(record, in: bucket, connection)
        try addToTotals(objects: 1, bytes: record.size, connection)
        return WrittenObject(record: record, versioning: versioning, madeGarbage: madeGarbage)
    }

    /// Writes a record that already has its position among the versions: it does not become current if there is a newer
    /// version.
    static func writeInOrder(
        _ record: ObjectRecord, _ versioning: Versioning, in bucket: Bucket, at time: Timestamp,
        _ connection: SQLiteConnection
    ) throws(StorageError) -> WrittenObject {
        let newest = try object(record.key, version: nil, in: bucket, connection)
        guard versioning == .enabled, let newest, newest.sequence > record.sequence else {
            return try write(record, versioning, in: bucket, at: time, connection)
        }
        try overtakeUploads(of: record.key, in: bucket, connection)
        try insertOther(record, in: bucket, connection)
        try addToTotals(objects: 1, bytes: record.size, connection)
        return WrittenObject(record: record, versioning: versioning, madeGarbage: false)
    }

    func delete(_ deletions: [Deletion], in bucket: Bucket) async throws(StorageError) -> DeletedObjects {
        try await writer.write(freesSpace: true) { connection throws(StorageError) in
            let versioning = try Self.require(bucket, connection)
            var deleted = DeletedObjects()
            for deletion in deletions {
                do throws(StorageError) {
                    let (outcome, madeGarbage) = try Self.delete(
                        deletion, versioning, in: bucket, owner: bucket.owner, sequence: self.nextID(),
                        at: self.clock.time, connection)
                    deleted.outcomes.append(.success(outcome))
                    if madeGarbage { deleted.madeGarbage = true }
                } catch {
                    // Refused before any change was made.
                    guard case .refused(let refusal) = error else { throw error }
                    deleted.outcomes.append(.failure(refusal))
                }
            }
            return deleted
        }
    }

    /// - Parameter sequence: the delete marker's sequence number, if one is created.
    static func delete(
        _ deletion: Deletion, _ versioning: Versioning, in bucket: Bucket, owner: String, sequence: Int64,
        at time: Timestamp, _ connection: SQLiteConnection
    ) throws(StorageError) -> (outcome: DeletionOutcome, madeGarbage: Bool) {
        try check(deletion.condition, deletion.key, in: bucket, connection)
        if let version = deletion.version {
            return try remove(version, deletion, in: bucket, at: time, connection)
        }
        let madeGarbage = try archiveOrReplaceCurrent(of: deletion.key, versioning, in: bucket, at: time, connection)
        try removeCurrent(deletion.key, in: bucket, connection)
        guard versioning != .neverEnabled else {
            return (DeletionOutcome(isDeleteMarker: false, version: nil), madeGarbage)
        }
        let marker = ObjectRecord(
            key: deletion.key, sequence: sequence, version: version(versioning, sequence), isDeleteMarker: true,
            modified: time, size: 0, etag: ETag(""), owner: owner, attributes: ObjectAttributes(fields: []),
            layout: ObjectLayout())
        try insertOther(marker, in: bucket, connection)
        return (DeletionOutcome(isDeleteMarker: true, version: marker.version), madeGarbage)
    }

    // MARK: Steps

    /// Moves the current version to the other versions, or removes the version that a write replaces. The row in
    /// `objects` stays.
    ///
    /// - Returns: whether the removed version leaves files to be removed.
    private static func archiveOrReplaceCurrent(
        of key: ObjectKey, _ versioning: Versioning, in bucket: Bucket, at time: Timestamp,
        _ connection: SQLiteConnection
    ) throws(StorageError) -> Bool {
        let current = try current(key, in: bucket, connection)
        var replaced: ObjectRecord?
        if versioning != .enabled {
            replaced = current?.version.isNull == true ? current : nil
            if replaced == nil, versioning == .suspended {
                replaced = try other(key, version: .null, in: bucket, connection)
            }
        }
        if let replaced { try requireUnlocked(replaced, at: time, bypassesGovernance: false) }
        try overtakeUploads(of: key, in: bucket, connection)
        if let current, current.sequence != replaced?.sequence { try insertOther(current, in: bucket, connection) }
        guard let replaced else { return false }
        if replaced.sequence != current?.sequence { try removeOther(replaced, in: bucket, connection) }
        return try discard(replaced, connection)
    }

    /// Removes a version permanently. If it was the current one, the newest of the others becomes current.
    private static func remove(
        _ version: VersionID, _ deletion: Deletion, in bucket: Bucket, at time: Timestamp,
        _ connection: SQLiteConnection
    ) throws(StorageError) -> (outcome: DeletionOutcome, madeGarbage: Bool) {
        guard let record = try object(deletion.key, version: version, in: bucket, connection) else {
            guard version.hasValidCheck else { throw StorageError.refused(VersionID.invalid(version.description)) }
            return (DeletionOutcome(isDeleteMarker: false, version: version), false)
        }
        try requireUnlocked(record, at: time, bypassesGovernance: deletion.bypassesGovernance)
        try overtakeUploads(of: deletion.key, in: bucket, connection)
        try removeOther(record, in: bucket, connection)
        if try current(deletion.key, in: bucket, connection)?.sequence == record.sequence {
            try removeCurrent(deletion.key, in: bucket, connection)
        }
        try promote(deletion.key, in: bucket, connection)
        let outcome = DeletionOutcome(isDeleteMarker: record.isDeleteMarker, version: version)
        return (outcome, try discard(record, connection))
    }

    /// Makes the newest of the other versions the current object, unless there is a current one or it is a delete
    /// marker.
    private static func promote(
        _ key: ObjectKey, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) {
        guard try current(key, in: bucket, connection) == nil,
            let newest = try newestOther(key, in: bucket, connection), !newest.isDeleteMarker
        else { return }
        try removeOther(newest, in: bucket, connection)
        try insert(newest, in: bucket, connection)
    }

    /// Throws if a version is locked. Every removal of a version, and every change of its bytes, must call this.
    static func requireUnlocked(
        _ record: ObjectRecord, at time: Timestamp, bypassesGovernance: Bool
    ) throws(StorageError) {
        let lock = ObjectLock(record.attributes.field)
        guard !lock.forbidsDeletion(at: time, bypassesGovernance: bypassesGovernance) else {
            throw StorageError.refused(
                S3Error(.accessDenied, "Access Denied because object protected by object lock."))
        }
    }

    /// Releases the bytes of a removed version.
    ///
    /// - Returns: whether it leaves files to be removed.
    private static func discard(_ record: ObjectRecord, _ connection: SQLiteConnection) throws(StorageError) -> Bool {
        guard !record.isDeleteMarker else { return false }
        try addToTotals(objects: -1, bytes: -record.size, connection)
        return try release(record.extents, connection)
    }
}
