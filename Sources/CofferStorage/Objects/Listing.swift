package import CofferModel

/// The parameters of a listing of a bucket.
package struct ListQuery: Sendable {
    package var prefix: [UInt8]
    /// Keys that contain it after the prefix are rolled up; empty for no delimiter.
    package var delimiter: [UInt8]
    /// Only keys and common prefixes after it are listed.
    package var after: [UInt8]
    /// The maximum number of entries, keys and common prefixes together.
    package var limit: Int

    package init(prefix: [UInt8] = [], delimiter: [UInt8] = [], after: [UInt8] = [], limit: Int) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.after = after
        self.limit = limit
    }
}

/// A page of a listing, in the order of the keys' bytes.
package struct Page<Item: Listed>: Sendable {
    package var entries: [Entry] = []
    package var isTruncated = false

    package enum Entry: Sendable {
        case item(Item)
        case commonPrefix([UInt8])

        /// The key or the common prefix, after which the next page must start.
        package var name: [UInt8] {
            switch self {
            case .item(let item): item.key.bytes
            case .commonPrefix(let prefix): prefix
            }
        }
    }
}

/// An item that listings show under a key.
package protocol Listed: Sendable {
    var key: ObjectKey { get }
}

extension Upload: Listed {}

package typealias ListPage = Page<ListedObject>
package typealias VersionPage = Page<ListedObject>
package typealias UploadPage = Page<Upload>

/// A version of an object, or a delete marker, as it appears in listings.
package struct ListedObject: Listed {
    package let key: ObjectKey
    let sequence: Int64
    package let version: VersionID
    package let isDeleteMarker: Bool
    package let isLatest: Bool
    package let modified: Timestamp
    package let size: Int64
    package let etag: ETag
    /// The id of an account.
    package let owner: String
    package let attributes: ObjectAttributes

    /// Reads a row with the columns ``SQLiteCatalog/listedColumns``, followed by whether it is a delete marker.
    init(_ row: SQLiteRow, isLatest: Bool) throws(StorageError) {
        key = ObjectKey(unchecked: row.blob(0))
        sequence = row.integer(1)
        version = VersionID(unchecked: row.text(2))
        modified = Timestamp(milliseconds: row.integer(3))
        size = row.integer(4)
        etag = ETag(row.text(5))
        owner = row.text(6)
        attributes = try ObjectAttributes(fieldLines: row.text(7), tagQuery: row.text(8))
        isDeleteMarker = row.integer(9) == 1
        self.isLatest = isLatest
    }
}

extension SQLiteCatalog {
    func list(_ query: ListQuery, in bucket: Bucket) throws(StorageError) -> ListPage {
        try readers.read { connection throws(StorageError) in
            try Self.rollUp(query) { start, take throws(StorageError) in
                try connection.each(
                    "SELECT \(Self.listedColumns), 0 FROM objects WHERE bucket = ? AND key \(start.comparison) ? ORDER BY key",
                    .integer(bucket.id), .blob(start.key)
                ) { row throws(StorageError) in
                    try take(row.blob(0)) { () throws(StorageError) in try ListedObject(row, isLatest: true) }
                }
            }
        }
    }

    /// Takes a row by its key, and makes an item of it if it is listed; returns whether to continue.
    typealias Taker<Item> = (_ key: [UInt8], _ item: () throws(StorageError) -> Item) throws(StorageError) -> Bool

    /// Returns a page of a listing, rolling up the keys below common prefixes: it seeks past them instead of reading
    /// them.
    ///
    /// - Parameter scan: reads rows in key order from a start, and passes them on until told to stop.
    static func rollUp<Item: Listed>(
        _ query: ListQuery, scan: (_ start: ListStart, _ take: Taker<Item>) throws(StorageError) -> Void
    ) throws(StorageError) -> Page<Item> {
        var page = Page<Item>()
        guard query.limit > 0 else { return page }
        var start: ListStart? = ListStart(query)
        while let from = start, !page.isTruncated {
            start = nil
            try scan(from) { key, item throws(StorageError) in
                guard key.starts(with: query.prefix) else { return false }
                let common = commonPrefix(of: key, query)
                if let common, !query.after.lexicographicallyPrecedes(common) {
                    start = ListStart(behind: common)
                    return false
                }
                guard page.entries.count < query.limit else {
                    page.isTruncated = true
                    return false
                }
                guard let common else {
                    page.entries.append(.item(try item()))
                    return true
                }
                page.entries.append(.commonPrefix(common))
                start = ListStart(behind: common)
                return false
            }
        }
        return page
    }

    private static func commonPrefix(of key: [UInt8], _ query: ListQuery) -> [UInt8]? {
        guard !query.delimiter.isEmpty else { return nil }
        let rest = key[query.prefix.count...]
        guard let range = rest.firstRange(of: query.delimiter) else { return nil }
        return Array(key[..<range.upperBound])
    }
}

/// The key at or after which a scan begins.
struct ListStart {
    let key: [UInt8]
    let isInclusive: Bool

    /// The SQL operator that selects the keys of the scan.
    var comparison: String { isInclusive ? ">=" : ">" }

    init(_ query: ListQuery) {
        isInclusive = query.after.lexicographicallyPrecedes(query.prefix)
        key = isInclusive ? query.prefix : query.after
    }

    /// Starts after every key that begins with a common prefix; its last byte, the delimiter's, is never 255 in UTF-8.
    init(behind commonPrefix: [UInt8]) {
        var key = commonPrefix
        key[key.count - 1] += 1
        self.key = key
        isInclusive = true
    }
}
