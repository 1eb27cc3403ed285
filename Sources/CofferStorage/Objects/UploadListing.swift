import CofferModel

extension SQLiteCatalog {
    /// Lists uploads in progress, by key, and those of one key in the order in which they were begun.
    func uploads(_ query: UploadQuery, in bucket: Bucket) throws(StorageError) -> UploadPage {
        let keys = ListQuery(
            prefix: query.prefix, delimiter: query.delimiter, after: query.afterKey, limit: query.limit)
        let goesOnWithinKey = !query.afterUpload.isEmpty && query.afterKey.starts(with: query.prefix)
        return try readers.snapshot { connection throws(StorageError) in
            var rest = goesOnWithinKey ? Upload.id(of: query.afterUpload) ?? .max : nil
            return try Self.rollUp(keys) { start, take throws(StorageError) in
                if let id = rest {
                    rest = nil
                    let condition = "key = ? AND id > ?"
                    let values: [SQLiteValue] = [.blob(query.afterKey), .integer(id)]
                    guard try Self.scan(condition, values, in: bucket, connection, take) else { return }
                }
                _ = try Self.scan("key \(start.comparison) ?", [.blob(start.key)], in: bucket, connection, take)
            }
        }
    }

    /// - Parameter condition: a condition on the key and the id.
    static func selectUploads(_ condition: String) -> String {
        "SELECT \(uploadColumns) FROM uploads WHERE bucket = ? AND completed IS NULL AND \(condition) ORDER BY key, id"
    }

    /// - Returns: whether the taker would accept more.
    private static func scan(
        _ condition: String, _ values: [SQLiteValue], in bucket: Bucket, _ connection: SQLiteConnection,
        _ take: Taker<Upload>
    ) throws(StorageError) -> Bool {
        var goesOn = true
        try connection.each(
            selectUploads(condition), [.integer(bucket.id)] + values
        ) { row throws(StorageError) in
            goesOn = try take(row.blob(2)) { () throws(StorageError) in try upload(row) }
            return goesOn
        }
        return goesOn
    }
}
