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
/// It is a place among the rows of one read: a page of a thousand keys needs a few allocations, and what it does not show
/// is never decoded.
package struct ObjectSummary: Listed {
    private let rows: ObjectRows
    private let index: Int
    /// Whether it is the newest version of its key.
    package internal(set) var isLatest = true

    fileprivate init(_ rows: ObjectRows, _ index: Int) {
        self.rows = rows
        self.index = index
    }

    /// 0 in listings of current objects, which have one row a key.
    var sequence: Int64 { rows.rows[index].sequence }
    package var modified: Timestamp { rows.rows[index].modified }
    package var size: Int64 { rows.rows[index].size }
    package var isDeleteMarker: Bool { rows.rows[index].isDeleteMarker }
    package var order: Int64 { sequence }
    package var name: ArraySlice<UInt8> { text(.key) }
    package var key: ObjectKey { ObjectKey(unchecked: Array(name)) }
    /// The id of an account; empty in listings of current objects without owners.
    package var ownerID: String { String(decoding: text(.owner), as: UTF8.self) }
    /// In listings of versions.
    package var version: VersionID { VersionID(unchecked: String(decoding: text(.version), as: UTF8.self)) }
    /// The number of bytes of its texts.
    package var textCount: Int { rows.rows[index].texts.count }

    private func text(_ text: ObjectRow.Text) -> ArraySlice<UInt8> { rows.texts[rows.rows[index].range(of: text)] }

    /// Calls a closure with the key, the ETag without its quotes, and the header fields as ``FieldLines`` reads them. None
    /// of them is copied.
    package func withTexts(
        _ body: (_ key: Span<UInt8>, _ etag: Span<UInt8>, _ fields: Span<UInt8>) -> Void
    ) {
        let (bytes, row) = (rows.texts, rows.rows[index])
        let texts = bytes.span
        body(
            texts.extracting(row.range(of: .key)), texts.extracting(row.range(of: .etag)),
            texts.extracting(row.range(of: .fields)))
    }
}

/// What a listing reads of a version: its numbers, and where its texts are among those of all rows.
struct ObjectRow {
    let sequence: Int64
    let modified: Timestamp
    let size: Int64
    let isDeleteMarker: Bool
    /// Where its texts begin, which stand one after another.
    let start: Int
    /// Where each text ends. What the listing does not show is empty.
    let ends: InlineArray<5, Int>

    enum Text: Int {
        case key, etag, fields, owner, version
    }

    var texts: Range<Int> { start..<ends[Text.version.rawValue] }

    @inline(__always)
    func range(of text: Text) -> Range<Int> {
        (text == .key ? start : ends[text.rawValue - 1])..<ends[text.rawValue]
    }
}

/// The rows of one read of a listing, in order.
final class ObjectRows: RandomAccessCollection, Sendable {
    /// The bytes of their texts.
    fileprivate let texts: [UInt8]
    fileprivate let rows: [ObjectRow]

    init(_ read: consuming ObjectRowReader) {
        texts = read.texts
        rows = read.rows
    }

    var startIndex: Int { 0 }
    var endIndex: Int { rows.count }
    subscript(index: Int) -> ObjectSummary { ObjectSummary(self, index) }
}

/// The rows of one read of a listing, while they are read.
struct ObjectRowReader {
    /// To it, the texts of a row are added before the row.
    var texts: [UInt8] = []
    private(set) var rows: [ObjectRow] = []
    private let end: [UInt8]?

    /// The number of rows for which memory is reserved. It grows to that of a thousand rows in three steps, and a listing
    /// of a few does not need as much.
    private static let firstRowCount = 128
    /// The number of bytes reserved for the texts of a row: more than those of most.
    private static let usualTextCount = 160

    /// - Parameters:
    ///   - end: the key before which the rows end; nil for no end.
    ///   - limit: the maximum number of rows.
    init(before end: [UInt8]?, limit: Int) {
        self.end = end
        let count = min(limit, Self.firstRowCount)
        texts.reserveCapacity(count * Self.usualTextCount)
        rows.reserveCapacity(count)
    }

    /// Adds the row whose texts were added last.
    ///
    /// - Returns: whether it is before the end; otherwise it is not added.
    mutating func append(_ row: ObjectRow) -> Bool {
        if let end, !texts.span.extracting(row.range(of: .key)).precedes(end.span) {
            texts.removeSubrange(row.start...)
            return false
        }
        rows.append(row)
        return true
    }
}
