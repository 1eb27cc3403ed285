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
        try readers.snapshot { connection throws(StorageError) in
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

    /// Where a page goes on within the versions of one key. That key may have other versions now, and another current
    /// one: clients delete what one page shows before they ask for the next.
    private static func rest(
        _ query: VersionQuery, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) -> (key: ObjectKey, sequence: Int64)? {
        guard let version = query.afterVersion, query.keys.after.starts(with: query.keys.prefix) else { return nil }
        let key = ObjectKey(unchecked: query.keys.after)
        if let sequence = version.sequence { return (key, sequence) }
        // The null version's id does not tell its place. If it is gone, versions are shown twice rather than never.
        return (key, try object(key, version: version, in: bucket, connection)?.sequence ?? .max)
    }

    private static let columns = "SELECT \(listedColumns)"

    /// The values are a bucket, a key, and the place in the order of writes below which the rows begin.
    static let selectVersionsOfKey = selectVersions("WHERE bucket = ?1 AND key = ?2 AND sequence < ?3")

    /// The values are a bucket and a key.
    static func selectVersions(from start: ListStart) -> String {
        selectVersions("WHERE bucket = ?1 AND key \(start.comparison) ?2")
    }

    private static func selectVersions(_ rows: String) -> String {
        """
        \(columns), 0 FROM objects \(rows)
        UNION ALL \(columns), is_delete_marker FROM versions \(rows) ORDER BY key, sequence DESC
        """
    }

    /// - Returns: whether to go on with the next key.
    private static func scan(
        _ key: ObjectKey, below sequence: Int64, in bucket: Bucket, _ connection: SQLiteConnection,
        _ take: Taker<ListedObject>
    ) throws(StorageError) -> Bool {
        let latest = try object(key, version: nil, in: bucket, connection)?.sequence
        var goesOn = true
        try connection.each(
            selectVersionsOfKey, .integer(bucket.id), .blob(key.bytes), .integer(sequence)
        ) { row throws(StorageError) in
            goesOn = try take(key.bytes) { () throws(StorageError) in
                try ListedObject(row, isLatest: row.integer(1) == latest)
            }
            return goesOn
        }
        return goesOn
    }

    private static func scan(
        _ start: ListStart, in bucket: Bucket, _ connection: SQLiteConnection, _ take: Taker<ListedObject>
    ) throws(StorageError) {
        var last: [UInt8]?
        try connection.each(
            selectVersions(from: start), .integer(bucket.id), .blob(start.key)
        ) { row throws(StorageError) in
            let key = row.blob(0)
            let isLatest = key != last
            last = key
            return try take(key) { () throws(StorageError) in try ListedObject(row, isLatest: isLatest) }
        }
    }
}
