package import CofferModel

/// An item that listings show under a key.
package protocol Listed: Sendable {
    var key: ObjectKey { get }
    /// The bytes of its key.
    var name: ArraySlice<UInt8> { get }
    /// Its position among the items of its key.
    var order: Int64 { get }
}

extension Upload: Listed {
    package var name: ArraySlice<UInt8> { key.bytes[...] }
    package var order: Int64 { id }
}

/// A version of an object, or a delete marker, as it appears in listings.
///
/// Its texts remain the bytes that the catalog has, in memory that the rows of one read share: a page of a thousand keys
/// needs a few allocations, and what it does not show is never decoded.
package struct ObjectSummary: Listed {
    let sequence: Int64
    package let modified: Timestamp
    package let size: Int64
    package let isDeleteMarker: Bool
    /// Whether it is the newest version of its key.
    package internal(set) var isLatest = true
    /// The texts of all rows of the read.
    private let texts: [UInt8]
    private let bounds: Bounds

    /// Where each text ends, and the next one begins.
    struct Bounds {
        let start: Int
        let key: Int
        let etag: Int
        let owner: Int
        let fields: Int
        /// No version follows if the listing does not show versions.
        let version: Int
    }

    fileprivate init(_ row: ObjectSummaries.Row, of texts: [UInt8]) {
        sequence = row.sequence
        modified = row.modified
        size = row.size
        isDeleteMarker = row.isDeleteMarker
        bounds = row.bounds
        self.texts = texts
    }

    package var order: Int64 { sequence }
    /// The number of bytes of its texts.
    package var textCount: Int { bounds.version - bounds.start }
    package var name: ArraySlice<UInt8> { texts[bounds.start..<bounds.key] }
    package var key: ObjectKey { ObjectKey(unchecked: Array(name)) }
    /// The ETag without its quotes.
    package var etag: ArraySlice<UInt8> { texts[bounds.key..<bounds.etag] }
    /// The id of an account.
    package var ownerID: String { String(decoding: texts[bounds.etag..<bounds.owner], as: UTF8.self) }
    package var fields: FieldLines { FieldLines(texts[bounds.owner..<bounds.fields]) }
    /// In listings of versions.
    package var version: VersionID {
        VersionID(unchecked: String(decoding: texts[bounds.fields..<bounds.version], as: UTF8.self))
    }
}

/// The rows of one read of a listing, while they are read.
struct ObjectSummaries {
    struct Row {
        let sequence: Int64
        let modified: Timestamp
        let size: Int64
        let isDeleteMarker: Bool
        let bounds: ObjectSummary.Bounds
    }

    /// The texts of the rows, one after another.
    var texts: [UInt8] = []
    private var rows: [Row] = []
    private var finished: [ObjectSummary] = []

    /// Where the texts of further rows go elsewhere, so that much memory is never copied to grow.
    private static let chunk = 16 << 10

    mutating func append(_ row: Row) {
        rows.append(row)
        if texts.count > Self.chunk - 1024 { finish() }
    }

    private mutating func finish() {
        for row in rows { finished.append(ObjectSummary(row, of: texts)) }
        rows.removeAll(keepingCapacity: true)
        texts = []
        texts.reserveCapacity(Self.chunk)
    }

    var count: Int { finished.count + rows.count }

    consuming func all() -> [ObjectSummary] {
        for row in rows { finished.append(ObjectSummary(row, of: texts)) }
        return finished
    }
}
