import CofferModel

extension SQLiteCatalog {
    func segment(_ id: SegmentID) throws(StorageError) -> StoredSegment? {
        try readers.read { connection throws(StorageError) in try Self.segment(id, connection) }
    }

    static func segment(_ id: SegmentID, _ connection: SQLiteConnection) throws(StorageError) -> StoredSegment? {
        try connection.first("SELECT size, bytes, checksums FROM segments WHERE id = ?", .integer(id.value)) {
            StoredSegment(
                size: $0.integer(0), bytes: $0.isNull(1) ? nil : $0.blob(1),
                checksums: $0.isNull(2) ? nil : SegmentChecksums(bytes: $0.blob(2)))
        }
    }

    /// Returns segments that are no longer referenced, in the order of their ids.
    ///
    /// - Parameter segment: only segments after this one are returned.
    func garbage(after segment: SegmentID?, limit: Int) throws(StorageError) -> [SegmentID] {
        try readers.read { connection throws(StorageError) in
            try connection.all(
                "SELECT id FROM segments WHERE refs = 0 AND id > ? ORDER BY id LIMIT ?",
                .integer(segment?.value ?? 0), .integer(Int64(limit))
            ) { SegmentID($0.integer(0)) }
        }
    }

    /// Removes the records of segments whose files have been removed.
    func forget(_ segments: [SegmentID]) async throws(StorageError) {
        try await writer.write(freesSpace: true) { connection throws(StorageError) in
            for segment in segments {
                try connection.run("DELETE FROM segments WHERE id = ? AND refs = 0", .integer(segment.value))
            }
        }
    }

    func isNamed(_ segment: SegmentID) throws(StorageError) -> Bool {
        try readers.read { connection throws(StorageError) in
            try connection.first("SELECT 1 FROM segments WHERE id = ?", .integer(segment.value)) { _ in true } ?? false
        }
    }

    func namesFiles() throws(StorageError) -> Bool {
        try readers.read { connection throws(StorageError) in
            try connection.first(
                "SELECT 1 FROM segments INDEXED BY files WHERE bytes IS NULL AND refs > 0 LIMIT 1"
            ) { _ in true } ?? false
        }
    }

    func totals() throws(StorageError) -> StoreTotals {
        let totals = try readers.read { connection throws(StorageError) in
            try connection.first(
                "SELECT (SELECT count(*) FROM buckets), objects, bytes, "
                    + "(SELECT count(*) FROM uploads WHERE completed IS NULL), "
                    + "(SELECT coalesce(sum(size), 0) FROM parts WHERE upload IN "
                    + "(SELECT id FROM uploads WHERE completed IS NULL)) FROM totals"
            ) {
                StoreTotals(
                    buckets: $0.integer(0), objects: $0.integer(1), bytes: $0.integer(2), uploads: $0.integer(3),
                    uploadedBytes: $0.integer(4))
            }
        }
        guard let totals else { throw StorageError.failed("the catalog has no totals") }
        return totals
    }

    static func addToTotals(objects: Int64, bytes: Int64, _ connection: SQLiteConnection) throws(StorageError) {
        try connection.run(
            "UPDATE totals SET objects = objects + ?, bytes = bytes + ?", .integer(objects), .integer(bytes))
    }

    static func insert(_ segment: NewSegment, _ connection: SQLiteConnection) throws(StorageError) {
        try connection.run(
            "INSERT INTO segments VALUES (?, 1, ?, ?, ?)", .integer(segment.id.value), .integer(segment.size),
            segment.bytes.map { .blob($0) } ?? .null, .blob(segment.checksums.bytes))
    }

    static func retain(_ segment: SegmentID, _ connection: SQLiteConnection) throws(StorageError) {
        try connection.run("UPDATE segments SET refs = refs + 1 WHERE id = ?", .integer(segment.value))
    }

    /// Releases an object's segments. Bytes in the catalog are removed at once; a file waits, unreferenced, until it is
    /// removed. The segments of an object of several also wait, wherever their bytes are, because a reader opens them
    /// one after another.
    ///
    /// - Returns: whether segments are waiting now.
    static func release(_ extents: [Extent], _ connection: SQLiteConnection) throws(StorageError) -> Bool {
        var madeGarbage = false
        for extent in extents {
            let id = SQLiteValue.integer(extent.segment.value)
            if extents.count == 1 {
                let deleted = try connection.run(
                    "DELETE FROM segments WHERE id = ? AND refs = 1 AND bytes IS NOT NULL", id)
                guard deleted == 0 else { continue }
            }
            try connection.run("UPDATE segments SET refs = refs - 1 WHERE id = ?", id)
            madeGarbage = true
        }
        return madeGarbage
    }
}
