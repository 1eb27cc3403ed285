package import CofferModel

/// What to list of a bucket's versions.
package struct VersionQuery: Sendable {
    package var keys: ListQuery
    /// Of the key that ``ListQuery/after`` names only versions behind this one; nil for none of them.
    package var afterVersion: VersionID?

    package init(keys: ListQuery, afterVersion: VersionID? = nil) {
        self.keys = keys
        self.afterVersion = afterVersion
    }
}

extension SQLiteCatalog {
    /// The current objects and the other versions in one order: by key, the newest first.
    func listVersions(_ query: VersionQuery, in bucket: Bucket) throws(StorageError) -> VersionPage {
        try readers.read { connection throws(StorageError) in
            var rest = try Self.rest(query, in: bucket, connection)
            return try Self.rollUp(query.keys) { start, take throws(StorageError) in
                if let (key, sequence) = rest {
                    rest = nil
                    guard try Self.scan(key, below: sequence, in: bucket, connection, take) else { return }
                }
                try Self.scan(start, in: bucket, connection, take)
            }
        }
    }

    /// Where a page goes on within the versions of one key.
    private static func rest(
        _ query: VersionQuery, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) -> (key: [UInt8], sequence: Int64)? {
        guard let version = query.afterVersion else { return nil }
        let key = ObjectKey(unchecked: query.keys.after)
        if let sequence = version.sequence { return (key.bytes, sequence) }
        return try object(key, version: version, in: bucket, connection).map { (key.bytes, $0.sequence) }
    }

    private static let columns = "SELECT \(listedColumns)"

    /// - Returns: whether to go on with the next key.
    private static func scan(
        _ key: [UInt8], below sequence: Int64, in bucket: Bucket, _ connection: SQLiteConnection,
        _ take: Taker<ListedObject>
    ) throws(StorageError) -> Bool {
        var goesOn = true
        try connection.each(
            "\(columns), is_delete_marker FROM versions WHERE bucket = ? AND key = ? AND sequence < ? ORDER BY sequence DESC",
            .integer(bucket.id), .blob(key), .integer(sequence)
        ) { row throws(StorageError) in
            goesOn = try take(key) { () throws(StorageError) in try ListedObject(row, isLatest: false) }
            return goesOn
        }
        return goesOn
    }

    private static func scan(
        _ start: ListStart, in bucket: Bucket, _ connection: SQLiteConnection, _ take: Taker<ListedObject>
    ) throws(StorageError) {
        var last: [UInt8]?
        let rows = "WHERE bucket = ?1 AND key \(start.comparison) ?2"
        try connection.each(
            """
            \(columns), 0 FROM objects \(rows)
            UNION ALL \(columns), is_delete_marker FROM versions \(rows) ORDER BY key, sequence DESC
            """,
            .integer(bucket.id), .blob(start.key)
        ) { row throws(StorageError) in
            let key = row.blob(0)
            let isLatest = key != last
            last = key
            return try take(key) { () throws(StorageError) in try ListedObject(row, isLatest: isLatest) }
        }
    }
}
