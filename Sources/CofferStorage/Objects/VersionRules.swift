import CofferModel

/// The order of the versions of a key.
extension CatalogTransaction {
    /// Returns the id of a version that is written now.
    static func version(_ versioning: Versioning, _ sequence: Int64) -> VersionID {
        versioning == .enabled ? VersionID(sequence: sequence) : .null
    }

    /// Makes a record the current object of its key. The former one stays as a version or is removed.
    ///
    /// - Parameter shared: the extents that the record has in common with another object.
    func write(
        _ record: ObjectRecord, _ versioning: Versioning, in bucket: Bucket, sharing shared: [Extent] = []
    ) async throws(StorageError) -> WriteOutcome {
        let replaced = try await replacedByWrite(to: record.key, versioning, in: bucket)
        // Before the release of what is replaced, which may have the same segments.
        for extent in shared { try await retain(extent.segment) }
        let madeGarbage = try await archiveOrReplace(replaced, at: record.key, in: bucket)
        try await putCurrent(record, in: bucket)
        try await addToTotals(objects: 1, bytes: record.size)
        return WriteOutcome(record: record, versioning: versioning, madeGarbage: madeGarbage)
    }

    /// Writes a record that already has its position among the versions: it does not become current if there is a newer
    /// version.
    func writeInOrder(
        _ record: ObjectRecord, _ versioning: Versioning, in bucket: Bucket
    ) async throws(StorageError) -> WriteOutcome {
        let newest = try await object(record.key, version: nil, in: bucket)
        guard versioning == .enabled, let newest, newest.sequence > record.sequence else {
            return try await write(record, versioning, in: bucket)
        }
        try await markUploadsOvertaken(of: record.key, in: bucket)
        try await putOther(record, in: bucket)
        try await addToTotals(objects: 1, bytes: record.size)
        return WriteOutcome(record: record, versioning: versioning, madeGarbage: false)
    }

    /// Moves the current version to the other versions, or removes the version that a write replaces. The current row
    /// stays.
    ///
    /// - Returns: whether the removed version leaves segments to be collected.
    func archiveOrReplaceCurrent(
        of key: ObjectKey, _ versioning: Versioning, in bucket: Bucket
    ) async throws(StorageError) -> Bool {
        let replaced = try await replacedByWrite(to: key, versioning, in: bucket)
        return try await archiveOrReplace(replaced, at: key, in: bucket)
    }

    /// The current version of a key, and the version that a write removes.
    private typealias Replaced = (current: ObjectRecord?, removed: ObjectRecord?)

    /// - Throws: ``StorageError/refused(_:)`` if the version that a write would remove is locked.
    private func replacedByWrite(
        to key: ObjectKey, _ versioning: Versioning, in bucket: Bucket
    ) async throws(StorageError) -> Replaced {
        let current = try await current(key, in: bucket)
        guard versioning != .enabled else { return (current, nil) }
        var removed = current?.version.isNull == true ? current : nil
        if removed == nil, versioning == .suspended { removed = try await other(key, version: .null, in: bucket) }
        if let removed { try requireUnlocked(removed) }
        return (current, removed)
    }

    private func archiveOrReplace(
        _ replaced: Replaced, at key: ObjectKey, in bucket: Bucket
    ) async throws(StorageError) -> Bool {
        try await markUploadsOvertaken(of: key, in: bucket)
        if let current = replaced.current, current.sequence != replaced.removed?.sequence {
            try await putOther(current, in: bucket)
        }
        guard let removed = replaced.removed else { return false }
        if removed.sequence != replaced.current?.sequence { try await removeOther(removed, in: bucket) }
        return try await discard(removed)
    }

    /// Makes the newest of the other versions the current object, unless there is a current one or it is a delete
    /// marker.
    func promote(_ key: ObjectKey, in bucket: Bucket) async throws(StorageError) {
        guard try await current(key, in: bucket) == nil, let newest = try await newestOther(key, in: bucket),
            !newest.isDeleteMarker
        else { return }
        try await removeOther(newest, in: bucket)
        try await putCurrent(newest, in: bucket)
    }

    /// Releases the bytes of a removed version.
    ///
    /// - Returns: whether it leaves segments to be collected.
    func discard(_ record: ObjectRecord) async throws(StorageError) -> Bool {
        guard !record.isDeleteMarker else { return false }
        try await addToTotals(objects: -1, bytes: -record.size)
        return try await release(record.extents)
    }

    /// Releases an object's segments. Bytes in the catalog are removed at once; a file waits, unreferenced, until it is
    /// removed. The segments of an object of several also wait, wherever their bytes are, because a reader opens them
    /// one after another.
    ///
    /// - Returns: whether segments may be waiting to be collected now.
    func release(_ extents: [Extent]) async throws(StorageError) -> Bool {
        var madeGarbage = false
        for extent in extents where try await release(extent.segment, removesBytes: extents.count == 1) {
            madeGarbage = true
        }
        return madeGarbage
    }
}
