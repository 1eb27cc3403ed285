import CofferCrypto
import CofferModel

/// Listing in pages: `MaxItems`, `Marker`, `IsTruncated`.
///
/// Source: IAM API Reference, ListUsers.
struct Page<Item: Sendable>: Sendable {
    let items: [Item]
    /// Where the next page begins; nil if this is the last.
    let marker: String?

    /// - Parameters:
    ///   - byteCount: of what an item brings with it. A page has fewer items than were asked for where they are large.
    ///   - key: what the items are ordered by; no two share one.
    /// - Throws: `ValidationError` for a number that is none, or for a marker that no page had.
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

    /// A page of a known number of items, of which only the page's own are made.
    ///
    /// - Parameter most: how many are made at once, however many are asked for.
    /// - Throws: `ValidationError` for a number that is none, or for a marker that no page had.
    static func making(
        _ count: Int, of parameters: QueryParameters, most: Int = .max,
        _ item: (_ index: Int) throws(S3Error) -> Item
    ) throws(S3Error) -> Page {
        var start = 0
        if let key = try lastKey(parameters) {
            guard let index = Int(Self.text(key)), (0..<count).contains(index) else { throw invalidMarker }
            start = index + 1
        }
        let end = min(count, start + min(most, try limit(parameters)))
        var items: [Item] = []
        for index in start..<end { items.append(try item(index)) }
        return Page(items: items, marker: end < count ? base64(Array(String(end - 1).utf8)) : nil)
    }

    private static func limit(_ parameters: QueryParameters) throws(S3Error) -> Int {
        try parameters.integer("MaxItems", in: 1...1000) ?? 100
    }

    /// What the marker says of the last item of the page before.
    private static func lastKey(_ parameters: QueryParameters) throws(S3Error) -> [UInt8]? {
        guard let marker = parameters["Marker"] else { return nil }
        guard let key = bytes(base64: marker) else { throw invalidMarker }
        return key
    }

    /// What a marker holds: the key, or the beginning of a long one and its hash, since markers have at most 320
    /// characters.
    private static func markerBytes(_ key: String) -> [UInt8] {
        let bytes = Array(key.utf8)
        return bytes.count <= 240 ? bytes : Array(bytes.prefix(200)) + Digest.of(bytes, .sha256)
    }

    /// Of a marker whose item is gone: where it would be.
    private static func text(_ marker: [UInt8]) -> String { String(decoding: marker, as: UTF8.self) }

    private static var invalidMarker: S3Error {
        S3Error(.validationError, "Invalid Marker: it is not one of an earlier page")
    }

    func writeEnd(_ xml: inout XMLWriter) {
        xml.element("IsTruncated", String(marker != nil))
        xml.optional("Marker", marker)
    }
}

extension QueryAnswer {
    /// A list of what there is none of.
    static func emptyList(_ name: String, _ parameters: QueryParameters) throws(S3Error) -> QueryAnswer {
        .list(name, try Page([String](), of: parameters) { $0 }) { _, _ in }
    }

    /// A list in an element, each item a `member`, and where the next page begins.
    static func list<Item: Sendable>(
        _ name: String, _ page: Page<Item>, _ member: @escaping @Sendable (inout XMLWriter, Item) -> Void
    ) -> QueryAnswer {
        QueryAnswer { xml in
            xml.list(name, page.items, member)
            page.writeEnd(&xml)
        }
    }
}

extension XMLWriter {
    /// A list as the query protocol writes it: each item is a `member`.
    mutating func list<Item>(_ name: String, _ items: [Item], _ member: (inout XMLWriter, Item) -> Void) {
        element(name) { xml in
            for item in items { xml.element("member") { member(&$0, item) } }
        }
    }

    mutating func tags(_ tags: [Tag]) {
        guard !tags.isEmpty else { return }
        list("Tags", tags) { $0.tag($1) }
    }

    /// A document, percent-encoded as IAM answers it.
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
