import CofferCrypto
package import CofferModel
import CofferService

/// A page of a listing: `MaxItems`, `Marker` and `IsTruncated`.
///
/// Source: IAM API Reference, ListUsers.
struct IAMPage<Item: Sendable>: Sendable {
    let items: [Item]
    /// Where the next page begins; nil if this is the last.
    let marker: String?

    /// - Parameters:
    ///   - byteCount: the size of an item's contents. A page of large items has fewer items than requested.
    ///   - key: the unique key by which the items are ordered.
    /// - Throws: `ValidationError` for a number out of range or a marker that no page had, `MalformedInput` for a text
    ///   that is not a number.
    init(
        _ items: some Sequence<Item>, of parameters: QueryParameters, weighing byteCount: (Item) -> Int = { _ in 0 },
        by key: (Item) -> String
    ) throws(S3Error) {
        let limit = try Self.limit(parameters)
        let after = try Self.lastKey(parameters)
        let all = items.map { (key: key($0), item: $0) }.sorted { $0.key < $1.key }
        let last = after.map { after in all.first { Self.markerBytes($0.key) == after }?.key ?? Self.text(after) }
        let sorted = all.filter { item in last.map { item.key > $0 } ?? true }
        var bytes = 0
        let page = sorted.prefix(limit).prefix { item in
            let isFirst = bytes == 0
            bytes += byteCount(item.item)
            return isFirst || bytes <= IAMLimits.pageBytes
        }
        self.items = page.map(\.item)
        marker = sorted.count > page.count ? page.last.map { base64(Self.markerBytes($0.key)) } : nil
    }

    private init(items: [Item], marker: String?) {
        self.items = items
        self.marker = marker
    }

    /// Creates a page of a known number of items, of which only those on the page are computed.
    ///
    /// - Parameter most: the maximum number of items to compute, however many are requested.
    /// - Throws: `ValidationError` for a number out of range or a marker that no page had, `MalformedInput` for a text
    ///   that is not a number.
    static func making(
        _ count: Int, of parameters: QueryParameters, most: Int = .max,
        _ item: (_ index: Int) throws(S3Error) -> Item
    ) throws(S3Error) -> IAMPage {
        var start = 0
        if let key = try lastKey(parameters) {
            guard let index = Int(Self.text(key)), (0..<count).contains(index) else { throw invalidMarker }
            start = index + 1
        }
        let end = min(count, start + min(most, try limit(parameters)))
        var items: [Item] = []
        for index in start..<end { items.append(try item(index)) }
        return IAMPage(items: items, marker: end < count ? base64(Array(String(end - 1).utf8)) : nil)
    }

    private static func limit(_ parameters: QueryParameters) throws(S3Error) -> Int {
        try parameters.integer("MaxItems", in: 1...1000) ?? 100
    }

    /// Returns the marker's bytes, which identify the last item of the previous page.
    private static func lastKey(_ parameters: QueryParameters) throws(S3Error) -> [UInt8]? {
        guard let marker = parameters["Marker"] else { return nil }
        guard let key = bytes(base64: marker) else { throw invalidMarker }
        return key
    }

    /// Returns the contents of a marker: the key, or the beginning and the hash of a long key, since markers have at
    /// most 320 characters.
    private static func markerBytes(_ key: String) -> [UInt8] {
        let bytes = Array(key.utf8)
        return bytes.count <= 240 ? bytes : Array(bytes.prefix(200)) + Digest.of(bytes, .sha256)
    }

    /// Returns the position of a marker whose item no longer exists.
    private static func text(_ marker: [UInt8]) -> String { String(decoding: marker, as: UTF8.self) }

    private static var invalidMarker: S3Error {
        S3Error(.validationError, "Invalid Marker: use the Marker of the previous page")
    }

    func writeEnd(_ xml: inout XMLWriter) {
        xml.element("IsTruncated", String(marker != nil))
        xml.optional("Marker", marker)
    }
}

extension QueryAnswer {
    /// Returns an empty list, for a kind of resource that the server does not have.
    static func emptyList(_ name: String, _ parameters: QueryParameters) throws(S3Error) -> QueryAnswer {
        .list(name, try IAMPage([String](), of: parameters) { $0 }) { _, _ in }
    }

    /// Returns a list in an element, with a `member` for each item, and the marker of the next page.
    static func list<Item: Sendable>(
        _ name: String, _ page: IAMPage<Item>, _ member: @escaping @Sendable (inout XMLWriter, Item) -> Void
    ) -> QueryAnswer {
        QueryAnswer { xml in
            xml.list(name, page.items, member)
            page.writeEnd(&xml)
        }
    }
}

extension XMLWriter {
    /// Writes a list of the query protocol, with a `member` for each item.
    package mutating func list<Item>(_ name: String, _ items: [Item], _ member: (inout XMLWriter, Item) -> Void) {
        element(name) { xml in
            for item in items { xml.element("member") { member(&$0, item) } }
        }
    }

    mutating func tags(_ tags: [Tag]) {
        guard !tags.isEmpty else { return }
        list("Tags", tags) { $0.tag($1) }
    }

    /// Writes a document, percent-encoded as in IAM's responses.
    mutating func document(_ name: String, _ document: String) {
        element(name, PercentEncoding.encode(document.utf8))
    }

    mutating func boundary(_ arn: String?) {
        guard let arn else { return }
        element("PermissionsBoundary") { xml in
            xml.element("PermissionsBoundaryType", "Policy")
            xml.element("PermissionsBoundaryArn", arn)
        }
    }
}
