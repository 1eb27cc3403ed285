package import CofferModel

/// An object or version to delete.
package struct Deletion: Sendable {
    package let key: ObjectKey
    /// The version to remove permanently; nil deletes the current object, for which a versioned bucket gets a delete
    /// marker.
    package let version: VersionID?
    /// Inspects the version that is still current.
    package var condition: WriteCheck?
    package let bypassesGovernance: Bool

    package init(
        key: ObjectKey, version: VersionID? = nil, condition: WriteCheck? = nil, bypassesGovernance: Bool = false
    ) {
        self.key = key
        self.version = version
        self.condition = condition
        self.bypassesGovernance = bypassesGovernance
    }
}

/// The result of a deletion.
package struct DeletionOutcome: Sendable {
    /// Whether a delete marker was created or removed.
    package let isDeleteMarker: Bool
    /// The version id of the marker, or of the version that was removed; nil if versioning was never enabled.
    package let version: VersionID?
}

/// Outcomes in the order of the deletions; a refused one does not affect the others.
struct DeletedObjects: Sendable {
    var outcomes: [Result<DeletionOutcome, S3Error>] = []
    var madeGarbage = false
}

extension CatalogTransaction {
    func delete(_ deletions: [Deletion], in bucket: Bucket) async throws(StorageError) -> DeletedObjects {
        let versioning = try await require(bucket)
        var deleted = DeletedObjects()
        for deletion in deletions {
            do throws(StorageError) {
                let (outcome, madeGarbage) = try await delete(deletion, versioning, in: bucket)
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

    func delete(
        _ deletion: Deletion, _ versioning: Versioning, in bucket: Bucket
    ) async throws(StorageError) -> (outcome: DeletionOutcome, madeGarbage: Bool) {
        try await check(deletion.condition, deletion.key, in: bucket)
        if let version = deletion.version { return try await remove(version, deletion, in: bucket) }
        let madeGarbage = try await archiveOrReplaceCurrent(of: deletion.key, versioning, in: bucket)
        try await removeCurrent(deletion.key, in: bucket)
        guard versioning != .neverEnabled else {
            return (DeletionOutcome(isDeleteMarker: false, version: nil), madeGarbage)
        }
        let sequence = try await nextSequence()
        let marker = ObjectRecord(
            key: deletion.key, sequence: sequence, version: Self.version(versioning, sequence), isDeleteMarker: true,
            modified: time, size: 0, etag: ETag(""), owner: bucket.owner, attributes: StoredAttributes(fields: []),
            layout: ObjectLayout())
        try await putOther(marker, in: bucket)
        return (DeletionOutcome(isDeleteMarker: true, version: marker.version), madeGarbage)
    }

    /// Removes a version permanently. If it was the current one, the newest of the others becomes current.
    private func remove(
        _ version: VersionID, _ deletion: Deletion, in bucket: Bucket
    ) async throws(StorageError) -> (outcome: DeletionOutcome, madeGarbage: Bool) {
        guard let record = try await object(deletion.key, version: version, in: bucket) else {
            guard version.hasValidCheck else { throw .refused(VersionID.invalid(version.description)) }
            return (DeletionOutcome(isDeleteMarker: false, version: version), false)
        }
        try requireUnlocked(record, bypassesGovernance: deletion.bypassesGovernance)
        try await markUploadsOvertaken(of: deletion.key, in: bucket)
        if try await current(deletion.key, in: bucket)?.sequence == record.sequence {
            try await removeCurrent(deletion.key, in: bucket)
        } else {
            try await removeOther(record, in: bucket)
        }
        try await promote(deletion.key, in: bucket)
        let outcome = DeletionOutcome(isDeleteMarker: record.isDeleteMarker, version: version)
        return (outcome, try await discard(record))
    }
}
