import CofferModel

/// What a listing of a bucket is to have: the entries whose keys begin with a prefix, and come behind a key.
struct ListingScope: Sendable {
    let bucket: BucketName
    let prefix: String
    /// nil for entries alone, without common prefixes.
    var delimiter: String?
    let startAfter: ObjectKey?
    let options: ListingOptions
}

/// How one of the listings says what all of them have: of objects, versions or uploads.
struct ListingKind<Item: Sendable>: Sendable {
    let query: [(name: String, value: String?)]
    /// The parameter for the key that it begins behind.
    let start: String
    /// The parameter for the size of a page.
    let size: String
    let items: @Sendable (_ root: XMLElement, _ isEncoded: Bool) throws(TransportError) -> [Item]
    let key: @Sendable (Item) -> ObjectKey
    /// The parameters for the next page; nil for the last.
    let next:
        @Sendable (_ root: XMLElement, _ isEncoded: Bool) throws(TransportError) -> [(name: String, value: String?)]?
}

extension S3Client {
    func list<Item>(_ kind: ListingKind<Item>, _ scope: ListingScope) -> Listing<Item> {
        Listing { from in
            let page = try await page(kind, scope, from)
            let items = page.elements.compactMap { if case .object(let item) = $0 { item } else { nil } }
            return Listing<Item>.Page(elements: items, next: page.next)
        }
    }

    func listEntries<Item>(_ kind: ListingKind<Item>, _ scope: ListingScope) -> Listing<ListedEntry<Item>> {
        Listing { try await page(kind, scope, $0) }
    }

    private func page<Item>(
        _ kind: ListingKind<Item>, _ scope: ListingScope, _ from: [(name: String, value: String?)]
    ) async throws -> Listing<ListedEntry<Item>>.Page {
        var call = S3Call("GET", scope.bucket, query: kind.query + [("encoding-type", "url")] + from)
        if !scope.prefix.isEmpty { call.add(query: "prefix", scope.prefix) }
        call.add(query: "delimiter", scope.delimiter)
        if from.isEmpty { call.add(query: kind.start, scope.startAfter?.description) }
        call.add(query: kind.size, try scope.options.pageSize.map { try ListingOptions.checked($0) })
        if scope.options.includesRestoreStatus { call.add("x-amz-optional-object-attributes", "RestoreStatus") }
        let (root, _) = try await document(call)
        let isEncoded = root.isURLEncoded
        let items = try kind.items(root, isEncoded)
        let prefixes = try root.all("CommonPrefixes").map { try $0.keyBytes("Prefix", isEncoded: isEncoded) }
        return Listing<ListedEntry<Item>>.Page(
            elements: ListedEntry.merged(items, kind.key, prefixes), next: try kind.next(root, isEncoded))
    }
}

extension ListedEntry {
    /// Items and common prefixes in one order, that of their bytes. Items of the same key stay as they came.
    fileprivate static func merged(
        _ items: [Item], _ key: (Item) -> ObjectKey, _ prefixes: [[UInt8]]
    ) -> [ListedEntry] {
        var entries: [ListedEntry] = []
        var rest = prefixes[...]
        for item in items {
            while let prefix = rest.first, prefix.lexicographicallyPrecedes(key(item).bytes) {
                entries.append(.commonPrefix(String(decoding: rest.removeFirst(), as: UTF8.self)))
            }
            entries.append(.object(item))
        }
        return entries + rest.map { .commonPrefix(String(decoding: $0, as: UTF8.self)) }
    }
}

extension XMLElement {
    /// Where a listing goes on that has a key for it, and an id with that key.
    func keyMarker(
        id: String, parameter: String, isEncoded: Bool
    ) throws(TransportError) -> [(name: String, value: String?)]? {
        guard try marker("NextKeyMarker") != nil else { return nil }
        let key = try keyBytes("NextKeyMarker", isEncoded: isEncoded)
        return [("key-marker", String(decoding: key, as: UTF8.self))] + (text(id).map { [(parameter, $0)] } ?? [])
    }
}
