/// How the text of a table is written: the separators of its cells and rows, and the quoting.
///
/// Every special character is a single ASCII character. Rows end with CR LF, LF or CR, whatever the descriptor states,
/// since it is often wrong about this; other terminators are refused when the descriptor is read.
///
/// Source: CSV Dialect 1.2 and Table Dialect 2.0 of Data Package; RFC 4180.
struct CSVDialect: Sendable, Equatable {
    var delimiter = UInt8(ascii: ",")
    /// The quote character; nil if cells cannot be quoted.
    var quote: UInt8? = UInt8(ascii: "\"")
    /// Whether two quotes within a quoted cell stand for one.
    var doublesQuotes = true
    /// The escape character; the character after it is taken literally.
    var escape: UInt8?
    var skipsInitialSpace = false
    var hasHeader = true
    /// The header row of the first file, counted from 1; the rows before it are skipped.
    var headerRow = 1
    /// Rows to skip in every file, counted from 1.
    var commentRows: Set<Int> = []
    /// The comment character; a row that begins with it is skipped.
    var comment: UInt8?
    /// The text of missing cells, in addition to the schema's `missingValues`.
    var nullSequence: String?
    var isHeaderCaseSensitive = true

    init() {}
}

/// Limits of the reader; if a row exceeds one of them, reading stops with a finding.
struct CSVLimits: Sendable {
    /// The maximum size of a cell, in bytes of UTF-8.
    var cellByteCount = 4 << 20
    /// The maximum size of a row, in bytes of UTF-8; it bounds the memory used.
    var rowByteCount = 16 << 20
    /// The maximum number of cells in a row, the same as in a spreadsheet.
    var cellCount = 16_384

    init() {}
}
