import CofferModel

extension SQLiteCatalog {
    func object(
        _ key: ObjectKey, version: VersionID?, in bucket: Bucket, withSegment: Bool
    ) throws(StorageError) -> ObjectRecord? {
        try readers.read { connection throws(StorageError) in
            // Most reads want the current version, which one query returns.
            let current = try Self.current(key, in: bucket, withSegment: withSegment, connection)
            if let current, version == nil || version == current.version { return current }
            return try connection.snapshot { () throws(StorageError) in
                try Self.object(key, version: version, in: bucket, connection)
            }
        }
    }

    func put(_ object: NewObject, in bucket: Bucket) async throws(StorageError) -> WrittenObject {
        try await writer.write { connection throws(StorageError) in
            let (versioning, sequence) = (try Self.require(bucket, connection), self.nextID())
            try Self.check(object.condition, object.key, in: bucket, connection)
            if let segment = object.segment { try Self.insert(segment, connection) }
            let extents = object.segment.map { [Extent(segment: $0.id, offset: 0, count: $0.size)] } ?? []
            let record = ObjectRecord(
                key: object.key, sequence: sequence, version: Self.version(versioning, sequence),
                isDeleteMarker: false, modified: object.modified, size: object.size, etag: object.etag,
                owner: object.owner, attributes: object.attributes,
                layout: ObjectLayout(extents: extents, encryption: object.encryption))
            return try Self.write(record, versioning, in: bucket, at: self.clock.time, connection)
        }
    }

    /// Replaces the current object by the appended one, as the same version. Refuses if the object was replaced since
    /// the body was begun and is now encrypted under another key.
    func append(_ addition: ObjectAddition, in bucket: Bucket) async throws(StorageError) -> WrittenObject {
        try await writer.write { connection throws(StorageError) in
            let versioning = try Self.requireNoVersions(bucket, connection)
            let current = try Self.current(addition.key, in: bucket, connection)
            let new = try Self.decide { () throws(S3Error) in try addition.decide(current) }
            guard let current else { throw StorageError.noSuchKey(addition.key) }
            guard current.encryption == addition.encryption else {
                throw StorageError.refused(S3Error(.conditionalRequestConflict))
            }
            try Self.requireUnlocked(current, at: self.clock.time, bypassesGovernance: false)
            try Self.overtakeUploads(of: current.key, in: bucket, connection)
            var layout = current.layout
            layout.parts = []
            if let segment = addition.segment { try Self.append(segment, to: &layout, connection) }
            let added = addition.segment?.size ?? 0
            let record = ObjectRecord(
                key: current.key, sequence: current.sequence, version: current.version, isDeleteMarker: false,
                modified: addition.modified, size: current.size + added, etag: new.etag, owner: current.owner,
                attributes: new.attributes, layout: layout)
            try Self.insert(record, in: bucket, connection)
            try Self.addToTotals(objects: 0, bytes: added, connection)
            return WrittenObject(record: record, versioning: versioning, madeGarbage: false)
        }
    }

    /// Merges a small segment with a small last segment, so that many small appends do not result in many extents.
    private static func append(
        _ new: NewSegment, to layout: inout ObjectLayout, _ connection: SQLiteConnection
    ) throws(StorageError) {
        if let last = layout.extents.last, layout.encryption == nil, let more = new.bytes,
            let bytes = try ownBytes(of: last, connection), bytes.count + more.count <= ObjectStore.defaultInlineLimit
        {
            let both = bytes + more
            try connection.run(
                "UPDATE segments SET bytes = ?, size = ?, checksums = ? WHERE id = ?", .blob(both),
                .integer(Int64(both.count)), .blob(SegmentChecksums(of: both).bytes), .integer(last.segment.value))
            layout.extents[layout.extents.count - 1] = Extent(
                segment: last.segment, offset: 0, count: Int64(both.count))
            return
        }
        try insert(new, connection)
        layout.extents.append(Extent(segment: new.id, offset: 0, count: new.size))
    }

    /// Returns the bytes of a catalog segment that an extent covers completely and does not share, if they are intact:
    /// damaged bytes must not get a checksum that makes them look intact.
    private static func ownBytes(of extent: Extent, _ connection: SQLiteConnection) throws(StorageError) -> [UInt8]? {
        let isOwn = try connection.first(
            "SELECT 1 FROM segments WHERE id = ? AND size = ? AND refs = 1 AND bytes IS NOT NULL",
            .integer(extent.segment.value), .integer(extent.count)
        ) { _ in true }
        guard extent.offset == 0, isOwn == true, let segment = try segment(extent.segment, connection),
            segment.isGenuine
        else { return nil }
        return segment.bytes
    }

    func copy(_ copy: ObjectCopy) async throws(StorageError) -> WrittenObject {
        try await writer.write { connection throws(StorageError) in
            let (versioning, sequence) = (try Self.require(copy.bucket, connection), self.nextID())
            let time = self.clock.time
            let found = try Self.object(
                copy.source.key, version: copy.source.version, in: copy.sourceBucket, connection)
            // An append keeps the sequence number and changes the ETag.
            guard let source = found, source.sequence == copy.source.sequence, source.etag == copy.source.etag else {
                throw StorageError.sourceChanged
            }
            try Self.check(copy.condition, copy.key, in: copy.bucket, connection)
            for extent in source.extents { try Self.retain(extent.segment, connection) }
            var layout = source.layout
            layout.encryption = copy.encryption
            if copy.etag != nil { layout.parts = [] }
            let record = ObjectRecord(
                key: copy.key, sequence: sequence, version: Self.version(versioning, sequence), isDeleteMarker: false,
                modified: time, size: source.size, etag: copy.etag ?? source.etag, owner: copy.owner,
                attributes: copy.attributes, layout: layout)
            return try Self.write(record, versioning, in: copy.bucket, at: time, connection)
        }
    }

    /// Renames an object, which keeps its bytes, its modification time and its attributes.
    func rename(_ rename: ObjectRename, in bucket: Bucket) async throws(StorageError) -> WrittenObject {
        try await writer.write { connection throws(StorageError) in
            let (versioning, sequence) = (try Self.requireNoVersions(bucket, connection), self.nextID())
            let time = self.clock.time
            let source = try Self.object(rename.source, version: nil, in: bucket, connection)
            try Self.decide { () throws(S3Error) in try rename.sourceCondition(source) }
            try Self.check(rename.destinationCondition, rename.destination, in: bucket, connection)
            guard let source, !source.isDeleteMarker else { throw StorageError.noSuchKey(rename.source) }
            for extent in source.extents { try Self.retain(extent.segment, connection) }
            let record = ObjectRecord(
                key: rename.destination, sequence: sequence, version: Self.version(versioning, sequence),
                isDeleteMarker: false, modified: source.modified, size: source.size, etag: source.etag,
                owner: source.owner, attributes: source.attributes, layout: source.layout)
            let written = try Self.write(record, versioning, in: bucket, at: time, connection)
            let removed = try Self.delete(
                Deletion(key: rename.source), versioning, in: bucket, owner: source.owner, sequence: self.nextID(),
                at: time, connection)
            return WrittenObject(
                record: written.record, versioning: versioning, madeGarbage: written.madeGarbage || removed.madeGarbage)
        }
    }

    func update(_ update: ObjectUpdate, in bucket: Bucket) async throws(StorageError) -> ObjectRecord {
        try await writer.write { connection throws(StorageError) in
            try Self.require(bucket, connection)
            let found = try Self.object(update.key, version: update.version, in: bucket, connection)
            guard var record = found else { throw StorageError.noSuchKey(update.key) }
            record.attributes = try Self.decide { () throws(S3Error) in try update.change(record) }
            for table in ["objects", "versions"] {
                try connection.run(
                    "UPDATE \(table) SET fields = ?, tags = ?, acl = ? WHERE bucket = ? AND key = ? AND sequence = ?",
                    .text(record.attributes.fieldLines), .text(record.attributes.tagQuery),
                    .text(GrantLines.text(record.attributes.grants)), .integer(bucket.id),
                    .blob(record.key.bytes), .integer(record.sequence))
            }
            return record
        }
    }

    /// Refuses to change an object in place in a versioned bucket; versioning may have been enabled since the request
    /// looked it up.
    private static func requireNoVersions(
        _ bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) -> Versioning {
        let versioning = try require(bucket, connection)
        guard versioning == .neverEnabled else { throw StorageError.refused(S3Error(.conditionalRequestConflict)) }
        return versioning
    }

    // MARK: Decisions within the transaction

    /// Passes the current version to a caller's condition.
    static func check(
        _ condition: WriteCondition?, _ key: ObjectKey, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) {
        guard let condition else { return }
        let current = try object(key, version: nil, in: bucket, connection)
        try decide { () throws(S3Error) in try condition(current) }
    }

    static func decide<Value>(_ decide: () throws(S3Error) -> Value) throws(StorageError) -> Value {
        do throws(S3Error) {
            return try decide()
        } catch {
            throw StorageError.refused(error)
        }
    }
}
