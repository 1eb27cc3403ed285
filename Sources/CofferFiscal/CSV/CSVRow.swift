import CofferModel

/// The bytes of a cell, valid as long as its row.
typealias Cell = UnsafeBufferPointer<UInt8>

/// One row of a table, valid during the call that it is handed to.
struct CSVRow {
    /// The number of the row in the file, counted from 1; the header counts, comments do not.
    let number: Int
    /// The line of text on which the row begins, counted from 1.
    let line: Int
    /// The union of the traits of its cells.
    let traits: CSVTraits
    /// Whether the row may contain non-ASCII bytes; also true if only a neighbouring row does.
    let mayHaveNonASCII: Bool
    let bytes: UnsafePointer<UInt8>
    let cells: UnsafeBufferPointer<CSVCell>

    var count: Int { cells.count }

    /// The content of a cell, without quotes and escapes.
    subscript(index: Int) -> Cell {
        let cell = cells[index]
        return UnsafeBufferPointer(start: bytes + cell.start, count: cell.end - cell.start)
    }

    func traits(of index: Int) -> CSVTraits { cells[index].traits }

    /// The cells of a header, limited in length and in combining marks, because names are compared with others.
    var names: [String] {
        (0..<count).map { index in
            let cell = self[index]
            let isLong = cell.count > Self.nameByteCount
            let text = String(decoding: cell.prefix(Self.nameByteCount), as: UTF8.self) + (isLong ? "…" : "")
            return CombiningMarks.cut(text, to: CombiningMarks.textLimit)
        }
    }

    /// The number of bytes of a name to use.
    private static let nameByteCount = 4096

    /// Whether the row is an empty line.
    var isBlank: Bool { count == 1 && cells[0].start == cells[0].end && !cells[0].traits.contains(.quoted) }
}

/// The position of a cell in the reader's buffer.
struct CSVCell {
    var start: Int
    var end: Int
    var traits: CSVTraits
}

/// Properties of a cell, or of any cell of a row.
struct CSVTraits: OptionSet, Sendable {
    let rawValue: UInt8

    static let quoted = CSVTraits(rawValue: 1)
    /// Contains doubled quotes or escapes.
    static let escaped = CSVTraits(rawValue: 2)
    /// Has text after its closing quote.
    static let malformed = CSVTraits(rawValue: 4)
    /// Contains a quote although it is not quoted.
    static let strayQuote = CSVTraits(rawValue: 8)
    static let nul = CSVTraits(rawValue: 16)
    static let tooLong = CSVTraits(rawValue: 32)
}

/// Why reading a table's text had to stop.
enum CSVFault: Error, Equatable {
    case rowTooLong(row: Int, line: Int)
    case tooManyCells(row: Int, line: Int)
    case unclosedQuote(row: Int, line: Int)

    var row: Int {
        switch self {
        case .rowTooLong(let row, _), .tooManyCells(let row, _), .unclosedQuote(let row, _): row
        }
    }

    var line: Int {
        switch self {
        case .rowTooLong(_, let line), .tooManyCells(_, let line), .unclosedQuote(_, let line): line
        }
    }

    var reason: String {
        switch self {
        case .rowTooLong: "the row is longer than 16 MiB; perhaps a closing quote is missing"
        case .tooManyCells: "the row has more than 16,384 cells"
        case .unclosedQuote: "the file ends within a quoted cell of this row: its closing quote is missing"
        }
    }
}
