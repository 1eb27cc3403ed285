import CofferModel

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
            case .item(let item): Array(item.name)
            case .commonPrefix(let prefix): prefix
            }
        }
    }
}

package typealias ListPage = Page<ObjectSummary>
package typealias VersionPage = Page<ObjectSummary>
package typealias UploadPage = Page<Upload>

extension CatalogReads {
    func list(_ query: ListQuery, in bucket: Bucket) async throws(StorageError) -> ListPage {
        try await query.rollUp(from: query.start) { range, limit async throws(StorageError) in
            try await objects(in: bucket, range, limit: limit)
        }
    }
}

extension ListQuery {
    /// Returns a page of a listing, rolling up the keys below common prefixes: it continues behind them instead of
    /// reading them.
    ///
    /// It is not a method of the catalog, of which the compiler does not know the type: it would not specialise it.
    ///
    /// - Parameter rows: reads rows in key order.
    func rollUp<Item: Listed>(
        from start: ListRange.Start,
        rows: (_ range: ListRange, _ limit: Int) async throws(StorageError) -> [Item]
    ) async throws(StorageError) -> Page<Item> {
        var page = Page<Item>()
        guard limit > 0 else { return page }
        var range = ListRange(start: start, end: nextPrefix(prefix))
        // With a delimiter only the first key may be needed.
        let first = delimiter.isEmpty ? limit + 1 : 1
        var wanted = first
        while true {
            let limit = min(wanted, limit - page.entries.count + 1)
            let items = try await rows(range, limit)
            switch page.take(items, self) {
            case .end: return page
            case .next(let start):
                range.start = start
                wanted = first
            case .all:
                guard items.count == limit, let last = items.last else { return page }
                range.start = .within(last.key, after: last.order)
                wanted = 4 * limit
            }
        }
    }
}

extension Page {
    fileprivate enum Taken {
        case all
        /// The rest is below a common prefix: reading continues behind it.
        case next(ListRange.Start)
        /// The page is complete.
        case end
    }

    /// Adds rows to the page, up to the first one below a common prefix.
    fileprivate mutating func take(_ items: [Item], _ query: ListQuery) -> Taken {
        if entries.isEmpty { entries.reserveCapacity(items.count) }
        for item in items {
            let common = query.commonPrefix(of: item.name)
            let isListed = common.map { query.after.lexicographicallyPrecedes($0) } ?? true
            guard !isListed || entries.count < query.limit else {
                isTruncated = true
                return .end
            }
            guard let common else {
                entries.append(.item(item))
                continue
            }
            if isListed { entries.append(.commonPrefix(common)) }
            return nextPrefix(common).map { .next(.at($0)) } ?? .end
        }
        return .all
    }
}

extension ListQuery {
    /// The first key that can be listed, or the key after which listing begins.
    var start: ListRange.Start { after.lexicographicallyPrecedes(prefix) ? .at(prefix) : .after(after) }

    fileprivate func commonPrefix(of key: ArraySlice<UInt8>) -> [UInt8]? {
        guard let first = delimiter.first else { return nil }
        var rest = key.dropFirst(prefix.count)
        while let index = rest.firstIndex(of: first) {
            rest = rest[index...]
            if rest.starts(with: delimiter) { return Array(key[..<(index + delimiter.count)]) }
            rest.removeFirst()
        }
        return nil
    }
}

/// Returns the first key after all keys that begin with a prefix; nil if there is none.
private func nextPrefix(_ prefix: [UInt8]) -> [UInt8]? {
    guard let last = prefix.lastIndex(where: { $0 < 255 }) else { return nil }
    return prefix[..<last] + [prefix[last] + 1]
}
