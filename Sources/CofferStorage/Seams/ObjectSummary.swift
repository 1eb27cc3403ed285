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

    private var numbers: ObjectSummaries.Numbers { rows.numbers[index] }
    /// 0 in listings of current objects, which have one row a key.
    var sequence: Int64 { numbers.sequence }
    package var modified: Timestamp { numbers.modified }
    package var size: Int64 { numbers.size }
    package var isDeleteMarker: Bool { numbers.isDeleteMarker }
    package var order: Int64 { numbers.sequence }
    package var name: ArraySlice<UInt8> { rows.text(0, of: index) }
    package var key: ObjectKey { ObjectKey(unchecked: Array(name)) }
    /// The ETag without its quotes.
    package var etag: ArraySlice<UInt8> { rows.text(1, of: index) }
    package var fields: FieldLines { FieldLines(rows.text(2, of: index)) }
    /// The id of an account.
    package var ownerID: String { String(decoding: rows.text(3, of: index), as: UTF8.self) }
    /// In listings of versions.
    package var version: VersionID {
        VersionID(unchecked: String(decoding: rows.text(4, of: index), as: UTF8.self))
    }
    /// The number of bytes of its texts.
    package var textCount: Int { rows.textCount(of: index) }
}

/// Rows of one read of a listing: the bytes of their texts, one after another.
private final class ObjectRows: Sendable {
    let texts: [UInt8]
    let ends: [Int]
    let numbers: [ObjectSummaries.Numbers]

    init(texts: [UInt8], ends: [Int], numbers: [ObjectSummaries.Numbers]) {
        self.texts = texts
        self.ends = ends
        self.numbers = numbers
    }

    func text(_ number: Int, of index: Int) -> ArraySlice<UInt8> {
        let text = ObjectSummaries.textCount * index + number
        return texts[start(of: text)..<ends[text]]
    }

    func textCount(of index: Int) -> Int {
        let first = ObjectSummaries.textCount * index
        return ends[first + ObjectSummaries.textCount - 1] - start(of: first)
    }

    /// Where a text begins: where the one before it ends.
    func start(of text: Int) -> Int { text == 0 ? 0 : ends[text - 1] }
}

/// The rows of one read of a listing, while they are read.
struct ObjectSummaries {
    struct Numbers {
        let sequence: Int64
        let modified: Timestamp
        let size: Int64
        let isDeleteMarker: Bool
    }

    /// The texts of the rows, one after another: of each row its key, ETag, header fields, owner and version.
    var texts: [UInt8] = []
    /// Where each text ends. The version is empty if the listing does not show versions.
    var ends: [Int] = []
    private var numbers: [Numbers] = []
    private var finished: [ObjectSummary] = []
    private let end: [UInt8]?

    static let textCount = 5
    /// The memory for texts, beyond which those of further rows go elsewhere: much memory is never copied to grow.
    private static let chunk = 16 << 10

    /// - Parameter end: the key before which the rows end; nil for no end.
    init(before end: [UInt8]? = nil) { self.end = end }

    /// Adds the row whose texts were added last.
    ///
    /// - Returns: whether it is before the end; otherwise it is not added.
    mutating func append(_ row: Numbers) -> Bool {
        let first = Self.textCount * numbers.count
        let start = first == 0 ? 0 : ends[first - 1]
        if let end, !texts[start..<ends[first]].lexicographicallyPrecedes(end) {
            texts.removeSubrange(start...)
            ends.removeSubrange(first...)
            return false
        }
        numbers.append(row)
        if texts.count > Self.chunk - 1024 {
            finishChunk()
            beginChunk()
        }
        return true
    }

    private mutating func finishChunk() {
        let rows = ObjectRows(texts: texts, ends: ends, numbers: numbers)
        for index in numbers.indices { finished.append(ObjectSummary(rows, index)) }
    }

    private mutating func beginChunk() {
        let rowCount = numbers.count
        (texts, ends, numbers) = ([], [], [])
        texts.reserveCapacity(Self.chunk)
        ends.reserveCapacity(Self.textCount * rowCount)
        numbers.reserveCapacity(rowCount)
    }

    var count: Int { finished.count + numbers.count }

    consuming func all() -> [ObjectSummary] {
        if !numbers.isEmpty { finishChunk() }
        return finished
    }
}
