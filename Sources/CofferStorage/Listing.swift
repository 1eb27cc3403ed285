import CofferModel

/// What to list of a bucket.
package struct ListQuery: Sendable {
    package var prefix: [UInt8]
    /// Keys that hold it behind the prefix are rolled up; empty for none.
    package var delimiter: [UInt8]
    /// Only what comes after it, keys and common prefixes alike.
    package var after: [UInt8]
    /// Most entries, keys and common prefixes together.
    package var limit: Int

    package init(prefix: [UInt8] = [], delimiter: [UInt8] = [], after: [UInt8] = [], limit: Int) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.after = after
        self.limit = limit
    }
}

/// A page of a listing, in the order of the keys' bytes.
package struct ListPage: Sendable {
    package var entries: [Entry] = []
    package var isTruncated = false

    package enum Entry: Sendable {
        case object(ObjectRecord)
        case commonPrefix([UInt8])

        /// The key or the common prefix: what a next page must come after.
        package var name: [UInt8] {
            switch self {
            case .object(let record): record.key.bytes
            case .commonPrefix(let prefix): prefix
            }
        }
    }
}

extension SQLiteCatalog {
    /// Seeks over the keys below a common prefix instead of walking through them.
    func list(_ query: ListQuery, in bucket: Bucket) throws(StorageError) -> ListPage {
        guard query.limit > 0 else { return ListPage() }
        return try readers.read { connection throws(StorageError) in
            var page = ListPage()
            var start: ListStart? = ListStart(query)
            while let from = start, !page.isTruncated {
                start = try Self.scan(from, query, bucket, into: &page, connection)
            }
            return page
        }
    }

    /// Reads keys in order up to the first that is rolled up into a common prefix.
    ///
    /// - Returns: where to go on behind that prefix; nil at the end.
    private static func scan(
        _ start: ListStart, _ query: ListQuery, _ bucket: Bucket, into page: inout ListPage,
        _ connection: SQLiteConnection
    ) throws(StorageError) -> ListStart? {
        var next: ListStart?
        try connection.each(
            "SELECT \(objectColumns) FROM objects WHERE bucket = ? AND key \(start.isInclusive ? ">=" : ">") ? ORDER BY key",
            .integer(bucket.id), .blob(start.key)
        ) { row throws(StorageError) in
            let key = row.blob(0)
            guard key.starts(with: query.prefix) else { return false }
            let common = commonPrefix(of: key, query)
            if let common, !query.after.lexicographicallyPrecedes(common) {
                next = ListStart(behind: common)
                return false
            }
            guard page.entries.count < query.limit else {
                page.isTruncated = true
                return false
            }
            guard let common else {
                page.entries.append(.object(try record(row)))
                return true
            }
            page.entries.append(.commonPrefix(common))
            next = ListStart(behind: common)
            return false
        }
        return next
    }

    private static func commonPrefix(of key: [UInt8], _ query: ListQuery) -> [UInt8]? {
        guard !query.delimiter.isEmpty else { return nil }
        let rest = key[query.prefix.count...]
        guard let range = rest.firstRange(of: query.delimiter) else { return nil }
        return Array(key[..<range.upperBound])
    }
}

/// The key at or behind which a scan begins.
private struct ListStart {
    let key: [UInt8]
    let isInclusive: Bool

    init(_ query: ListQuery) {
        isInclusive = query.after.lexicographicallyPrecedes(query.prefix)
        key = isInclusive ? query.prefix : query.after
    }

    /// Behind every key that begins with a common prefix; its last byte, the delimiter's, is never 255 in UTF-8.
    init(behind commonPrefix: [UInt8]) {
        var key = commonPrefix
        key[key.count - 1] += 1
        self.key = key
        isInclusive = true
    }
}
