package import CofferModel

extension ObjectStore {
    /// Returns a version of an object, which may be a delete marker; without a version, the current one.
    ///
    /// - Parameter isToBeRead: whether the caller will read its bytes next.
    package func object(
        _ key: ObjectKey, version: VersionID? = nil, in bucket: Bucket, isToBeRead: Bool = false
    ) async throws(StorageError) -> ObjectRecord? {
        // Most reads want the current version, which one query returns, if it is not known.
        let current = try await current(key, in: bucket, withSegment: isToBeRead)
        if let current, version == nil || version == current.version { return current }
        return try await catalog.snapshot { rows async throws(StorageError) in
            try await rows.object(key, version: version, in: bucket)
        }
    }

    private func current(
        _ key: ObjectKey, in bucket: Bucket, withSegment: Bool
    ) async throws(StorageError) -> ObjectRecord? {
        let answer = records?.current(key, in: bucket, withSegment: withSegment)
        if case .known(let record) = answer { return record }
        let current = try await catalog.read { rows async throws(StorageError) in
            try await rows.current(key, in: bucket, withSegment: withSegment)
        }
        if let current, case .unknown(let moment) = answer { records?.keep(current, in: bucket, readAt: moment) }
        return current
    }

    /// Returns a page of a listing. Runs on a thread that may block, because it may take long.
    package func list(_ query: ListQuery, in bucket: Bucket) async throws(StorageError) -> ListPage {
        try await blocking.run { () async throws(StorageError) in
            try await catalog.snapshot { rows async throws(StorageError) in try await rows.list(query, in: bucket) }
        }
    }

    package func listVersions(_ query: VersionQuery, in bucket: Bucket) async throws(StorageError) -> VersionPage {
        try await blocking.run { () async throws(StorageError) in
            try await catalog.snapshot { rows async throws(StorageError) in
                try await rows.listVersions(query, in: bucket)
            }
        }
    }

    /// Makes a body the current object of a key.
    ///
    /// - Throws: ``StorageError/refused(_:)`` if the condition does not hold, ``StorageError/noSuchBucket(_:)``.
    package func put(
        _ body: IncomingBody, as key: ObjectKey, in bucket: Bucket, etag: ETag, attributes: StoredAttributes,
        owner: String, encryption: Encryption? = nil, condition: WriteCheck? = nil
    ) async throws(StorageError) -> WriteOutcome {
        let written = try await commit(body) { segment throws(StorageError) in
            let object = NewObject(
                key: key, modified: clock.time, size: body.count, etag: etag, owner: owner, attributes: attributes,
                encryption: encryption, segment: segment, condition: condition)
            return try await catalog.change(.keys([key], of: bucket)) { rows async throws(StorageError) in
                try await rows.put(object, in: bucket)
            }
        }
        return collectGarbage(after: written)
    }

    /// Appends a body to an object.
    ///
    /// - Parameter encryption: the encryption of the body, which must match the object's.
    /// - Parameter decide: receives the current object, and decides on the appended one.
    /// - Throws: ``StorageError/refused(_:)`` with what `decide` throws.
    package func append(
        _ body: IncomingBody, to key: ObjectKey, in bucket: Bucket, encryption: Encryption? = nil,
        decide: @escaping @Sendable (_ current: ObjectRecord?) throws(S3Error) -> AppendedObject
    ) async throws(StorageError) -> WriteOutcome {
        try await commit(body) { segment throws(StorageError) in
            let addition = ObjectAddition(
                key: key, modified: clock.time, encryption: encryption, segment: segment, decide: decide)
            return try await catalog.change(.keys([key], of: bucket)) { rows async throws(StorageError) in
                try await rows.append(addition, in: bucket)
            }
        }
    }

    /// Copies an object without moving its bytes.
    ///
    /// - Throws: ``StorageError/sourceChanged``, ``StorageError/refused(_:)`` with what the condition throws.
    package func copy(_ copy: ObjectCopy) async throws(StorageError) -> WriteOutcome {
        try requireSpace()
        return collectGarbage(
            after: try await catalog.change(copy.locks) { rows async throws(StorageError) in
                try await rows.copy(copy)
            })
    }

    /// Moves an object to another key without moving its bytes.
    package func rename(_ rename: ObjectRename, in bucket: Bucket) async throws(StorageError) -> WriteOutcome {
        let keys = [rename.source, rename.destination]
        return collectGarbage(
            after: try await catalog.change(.keys(keys, of: bucket)) { rows async throws(StorageError) in
                try await rows.rename(rename, in: bucket)
            })
    }

    /// Changes a version's attributes.
    ///
    /// - Throws: ``StorageError/noSuchKey(_:)``, ``StorageError/refused(_:)`` with what `change` throws.
    package func update(_ update: ObjectUpdate, in bucket: Bucket) async throws(StorageError) -> ObjectRecord {
        try requireSpace()
        return try await catalog.change(.keys([update.key], of: bucket)) { rows async throws(StorageError) in
            try await rows.update(update, in: bucket)
        }
    }

    /// Deletes objects and versions; keys without any are skipped.
    ///
    /// - Returns: the outcomes in the order of the deletions.
    @discardableResult
    package func delete(
        _ deletions: [Deletion], in bucket: Bucket
    ) async throws(StorageError) -> [Result<DeletionOutcome, S3Error>] {
        let locks = CatalogLocks.keys(deletions.map(\.key), of: bucket)
        let deleted = try await catalog.change(locks, freesSpace: true) { rows async throws(StorageError) in
            try await rows.delete(deletions, in: bucket)
        }
        if deleted.madeGarbage { collectGarbage() }
        return deleted.outcomes
    }
}
