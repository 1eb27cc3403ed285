import CofferSQLite

extension SQLiteReads {
    func segment(_ id: SegmentID) throws(StorageError) -> StoredSegment? {
        try connection.first(Self.selectSegment, .integer(id.value)) {
            StoredSegment(
                size: $0.integer(0), bytes: $0.isNull(1) ? nil : $0.blob(1),
                checksums: SegmentChecksums(bytes: $0.blob(2)))
        }
    }

    private static let selectSegment: SQL = "SELECT size, bytes, checksums FROM segments WHERE id = ?"

    func isNamed(_ segment: SegmentID) throws(StorageError) -> Bool {
        try connection.first("SELECT 1 FROM segments WHERE id = ?", .integer(segment.value)) { _ in true } ?? false
    }

    func garbage(after segment: SegmentID?, limit: Int) throws(StorageError) -> [SegmentID] {
        try connection.all(
            "SELECT id FROM segments WHERE refs = 0 AND id > ? ORDER BY id LIMIT ?",
            .integer(segment?.value ?? 0), .integer(Int64(limit))
        ) { SegmentID($0.integer(0)) }
    }

    func namesFiles() throws(StorageError) -> Bool {
        try connection.first(
            "SELECT 1 FROM segments INDEXED BY files WHERE bytes IS NULL AND refs > 0 LIMIT 1"
        ) { _ in true } ?? false
    }
}
