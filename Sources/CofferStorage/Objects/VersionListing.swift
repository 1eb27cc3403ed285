package import CofferModel

/// The parameters of a listing of a bucket's versions.
package struct VersionQuery: Sendable {
    package var keys: ListQuery
    /// Only versions of the key ``ListQuery/after`` after this one are listed; nil for no versions of that key.
    package var afterVersion: VersionID?

    package init(keys: ListQuery, afterVersion: VersionID? = nil) {
        self.keys = keys
        self.afterVersion = afterVersion
    }
}

extension SQLiteCatalog {
    /// Lists the current objects and the other versions in one order: by key, the newest first.
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

    /// Returns where a page continues within the versions of one key. The key's versions and its current one may have
    /// changed meanwhile: clients delete the versions on one page before they request the next.
    private static func rest(
        _ query: VersionQuery, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) -> (key: ObjectKey, sequence: Int64)? {
        guard let version = query.afterVersion, query.keys.after.starts(with: query.keys.prefix) else { return nil }
        let key = ObjectKey(unchecked: query.keys.after)
        if let sequence = version.sequence { return (key, sequence) }
        // The null version's id does not contain its position. If it is gone, versions are listed twice rather than not
        // at all.
        return (key, try object(key, version: version, in: bucket, connection)?.sequence ?? .max)
    }

    private static let columns = "SELECT \(listedColumns)"

    /// Takes a bucket, a key, and the sequence number below which the rows begin.
    static let selectVersionsOfKey = selectVersions("WHERE bucket = ?1 AND key = ?2 AND sequence < ?3")

    /// Takes a bucket and a key.
    static func selectVersions(from start: ListStart) -> String {
        selectVersions("WHERE bucket = ?1 AND key \(start.comparison) ?2")
    }

    private static func selectVersions(_ rows: String) -> String {
        """
        \(columns), 0 FROM objects \(rows)
        UNION ALL \(columns), is_delete_marker FROM versions \(rows) ORDER BY key, sequence DESC
        """
    }

    /// - Returns: whether to continue with the next key.
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
