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
    /// Whether the owners of current objects are read. Those of versions always are.
    package var readsOwners: Bool

    package init(
        prefix: [UInt8] = [], delimiter: [UInt8] = [], after: [UInt8] = [], limit: Int, readsOwners: Bool = true
    ) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.after = after
        self.limit = limit
        self.readsOwners = readsOwners
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
        var roll = RollUp<ObjectSummary>(query, from: query.start)
        while let range = roll.range {
            guard !roll.mayBePrefix else {
                // Of the keys below a common prefix only the first is read, and none of its other columns.
                try await visitKeys(in: bucket, range) { roll.skip($0) }
                roll.endSkipping()
                continue
            }
            let limit = roll.limit
            roll.take(try await objects(in: bucket, range, limit: limit, withOwners: query.readsOwners), limit)
        }
        return roll.page
    }
}

extension ListQuery {
    /// Returns a page of a listing whose rows are read from the first on.
    ///
    /// It is not a method of the catalog, of which the compiler does not know the type: it would not specialise it.
    ///
    /// - Parameter rows: reads rows in key order.
    func page<Item: Listed>(
        from start: ListRange.Start,
        rows: (_ range: ListRange, _ limit: Int) async throws(StorageError) -> [Item]
    ) async throws(StorageError) -> Page<Item> {
        var roll = RollUp<Item>(self, from: start)
        while let range = roll.range {
            let limit = roll.limit
            roll.take(try await rows(range, limit), limit)
        }
        return roll.page
    }
}

/// A page while it is read: the keys below common prefixes are rolled up, and reading continues behind them.
private struct RollUp<Item: Listed> {
    private(set) var page = Page<Item>()
    /// What is to be read next; nil when the page is complete.
    private(set) var range: ListRange?
    /// Whether the first key of the range may be below a common prefix that is not yet known. It is not if the key was
    /// visited.
    private(set) var mayBePrefix: Bool
    private let query: ListQuery
    /// The number of rows wanted, if there is room for them.
    private var wanted: Int
    /// With a delimiter only the first row may be needed.
    private let firstWanted: Int

    init(_ query: ListQuery, from start: ListRange.Start) {
        self.query = query
        mayBePrefix = !query.delimiter.isEmpty
        firstWanted = query.delimiter.isEmpty ? query.limit + 1 : 1
        wanted = firstWanted
        range = query.limit > 0 ? ListRange(start: start, end: nextPrefix(query.prefix)) : nil
    }

    /// The number of rows to read: one more than the page has room for says whether there is another page.
    var limit: Int { min(wanted, query.limit - page.entries.count + 1) }

    /// Adds the common prefix that the first key of the range is below.
    ///
    /// - Returns: where reading continues behind it; nil if the key is below none, or the page is complete.
    mutating func skip(_ key: Span<UInt8>) -> [UInt8]? {
        guard let common = query.commonPrefix(of: key) else {
            range?.start = .at(Array(copying: key))
            wanted = 4
            mayBePrefix = false
            return nil
        }
        add(common)
        guard case .at(let next)? = range?.start else { return nil }
        return next
    }

    /// Ends a series of keys that were visited: if the last was below a common prefix, there are no more.
    mutating func endSkipping() {
        if mayBePrefix { range = nil }
    }

    /// Adds rows to the page, up to the first one below a common prefix.
    ///
    /// - Parameter limit: how many rows were asked for.
    mutating func take(_ items: some RandomAccessCollection<Item>, _ limit: Int) {
        if page.entries.isEmpty { page.entries.reserveCapacity(items.count) }
        for index in items.indices {
            let item = items[index]
            if !query.delimiter.isEmpty, let common = query.commonPrefix(of: item.name.span) { return add(common) }
            guard page.entries.count < query.limit else { return end(isTruncated: true) }
            page.entries.append(.item(item))
        }
        guard items.count == limit, let last = items.last else { return end(isTruncated: false) }
        range?.start = .within(last.key, after: last.order)
        wanted = 4 * limit
        mayBePrefix = false
    }

    /// Adds a common prefix, unless an earlier page had it, and continues behind it.
    private mutating func add(_ common: [UInt8]) {
        if query.after.span.precedes(common.span) {
            guard page.entries.count < query.limit else { return end(isTruncated: true) }
            page.entries.append(.commonPrefix(common))
        }
        guard let next = nextPrefix(common) else { return end(isTruncated: false) }
        range?.start = .at(next)
        wanted = firstWanted
        mayBePrefix = true
    }

    private mutating func end(isTruncated: Bool) {
        page.isTruncated = isTruncated
        range = nil
    }
}

extension ListQuery {
    /// The first key that can be listed, or the key after which listing begins.
    var start: ListRange.Start { after.lexicographicallyPrecedes(prefix) ? .at(prefix) : .after(after) }

    fileprivate func commonPrefix(of key: Span<UInt8>) -> [UInt8]? {
        guard let first = delimiter.first else { return nil }
        var start = prefix.count
        while start < key.count {
            let index = key.firstIndex(of: first, in: start..<key.count)
            guard index + delimiter.count <= key.count else { return nil }
            let end = index + delimiter.count
            if key.extracting(index..<end).equals(delimiter.span) { return Array(copying: key.extracting(..<end)) }
            start = index + 1
        }
        return nil
    }
}

/// Returns the first key after all keys that begin with a prefix; nil if there is none.
private func nextPrefix(_ prefix: [UInt8]) -> [UInt8]? {
    guard let last = prefix.lastIndex(where: { $0 < 255 }) else { return nil }
    var next = prefix
    next.removeLast(prefix.count - last - 1)
    next[last] += 1
    return next
}
