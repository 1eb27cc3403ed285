import CofferModel

/// The scope of a bucket's listing: the entries whose keys begin with a prefix, and come after a key.
struct ListingScope: Sendable {
    let bucket: BucketName
    let prefix: String
    /// nil to list only entries, without common prefixes.
    var delimiter: String?
    let startAfter: ObjectKey?
    let options: ListingOptions
}

/// How a listing of objects, versions or uploads expresses what all listings have in common.
struct ListingKind<Item: Sendable>: Sendable {
    let query: [(name: String, value: String?)]
    /// The parameter for the key that the listing begins after.
    let start: String
    /// The parameter for the size of a page.
    let size: String
    let items: @Sendable (_ root: XMLElement, _ isEncoded: Bool) throws(TransportError) -> [Item]
    let key: @Sendable (Item) -> ObjectKey
    /// The parameters for the next page; nil on the last page.
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
    /// Merges items and common prefixes in byte order. Items with the same key keep their order.
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
    /// Returns the parameters for the next page of a listing that continues at a key, and at an ID of that key.
    func keyMarker(
        id: String, parameter: String, isEncoded: Bool
    ) throws(TransportError) -> [(name: String, value: String?)]? {
        guard try marker("NextKeyMarker") != nil else { return nil }
        let key = try keyBytes("NextKeyMarker", isEncoded: isEncoded)
        return [("key-marker", String(decoding: key, as: UTF8.self))] + (text(id).map { [(parameter, $0)] } ?? [])
    }
}
