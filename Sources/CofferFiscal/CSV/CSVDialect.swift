/// How the text of a table is written: what parts its cells and rows, and what stands for itself.
///
/// Every special character is one ASCII character. Rows end at CR LF, LF or CR, whatever the descriptor says, since
/// files are rarely written as their descriptor tells; other ends are refused when the descriptor is read.
///
/// Source: CSV Dialect 1.2 and Table Dialect 2.0 of Data Package; RFC 4180.
struct CSVDialect: Sendable, Equatable {
    var delimiter = UInt8(ascii: ",")
    /// nil where cells cannot be quoted.
    var quote: UInt8? = UInt8(ascii: "\"")
    /// Two quotes within a quoted cell stand for one.
    var doublesQuotes = true
    /// The character after it stands for itself.
    var escape: UInt8?
    var skipsInitialSpace = false
    var hasHeader = true
    /// The row of the first file that is the header, from 1; those before it are passed over.
    var headerRow = 1
    /// Rows of every file that are passed over, from 1.
    var commentRows: Set<Int> = []
    /// A row that begins with it is no row.
    var comment: UInt8?
    /// A cell with exactly this text is missing, as those of the schema's `missingValues` are.
    var nullSequence: String?
    var isHeaderCaseSensitive = true

    init() {}
}

/// What a file may ask of the reader; beyond it reading stops with a finding.
struct CSVLimits: Sendable {
    /// Longest cell, in bytes of UTF-8.
    var cellByteCount = 4 << 20
    /// Longest row, in bytes of UTF-8: what is kept in memory at most.
    var rowByteCount = 16 << 20
    /// Most cells of a row, which is what a spreadsheet has as well.
    var cellCount = 16_384

    init() {}
}
