/// Reads rows from text that arrives in pieces.
///
/// The text is searched eight bytes at a time for the few special characters; cells are not copied. Only the incomplete
/// row is kept between two pieces, so memory is bounded by ``CSVLimits``.
///
/// Source: RFC 4180; CSV Dialect 1.2.
struct CSVReader {
    private let dialect: CSVDialect
    private let limits: CSVLimits
    private let quote: UInt8
    private let escape: UInt8
    private let comment: UInt8?
    /// Eight copies of each special character.
    private let patterns: (delimiter: UInt64, quote: UInt64, escape: UInt64)

    private var buffer: [UInt8] = []
    /// The position at which scanning continues.
    private var position = 0
    private var rowStart = 0
    private var cell = CSVCell(start: 0, end: 0, traits: [])
    private var isInQuotes = false
    private var closingQuote = -1
    private var cells: [CSVCell] = []
    private var rowTraits: CSVTraits = []
    private var rowNumber = 1
    private var line = 1
    private var rowLine = 1
    /// The union of all bytes since the row began, which shows whether any is not ASCII.
    private var union: UInt64 = 0
    /// The kinds of line ends found so far.
    private(set) var lineEnds: LineEnds = []

    init(_ dialect: CSVDialect = CSVDialect(), limits: CSVLimits = CSVLimits()) {
        self.dialect = dialect
        self.limits = limits
        // The search always includes NUL, so a character that the dialect lacks is replaced by NUL.
        quote = dialect.quote ?? 0
        escape = dialect.escape ?? 0
        patterns = (Self.repeated(dialect.delimiter), Self.repeated(quote), Self.repeated(escape))
        comment = dialect.comment
    }

    /// Appends the next bytes, and passes on the rows that they complete.
    ///
    /// - Throws: ``CSVFault`` if the text cannot be read any further.
    mutating func append(_ bytes: [UInt8], row: (CSVRow) -> Void) throws(CSVFault) {
        dropRead()
        buffer.append(contentsOf: bytes)
        try read(isLast: false, row: row)
        guard buffer.count - rowStart <= limits.rowByteCount else {
            throw .rowTooLong(row: rowNumber, line: rowLine)
        }
    }

    /// Passes on the last row if it has no line end.
    mutating func finish(row: (CSVRow) -> Void) throws(CSVFault) {
        try read(isLast: true, row: row)
        guard !isInQuotes else { throw .unclosedQuote(row: rowNumber, line: rowLine) }
    }

    /// Removes the rows that were passed on from the buffer.
    private mutating func dropRead() {
        guard rowStart > 0 else { return }
        buffer.removeFirst(rowStart)
        position -= rowStart
        cell.start -= rowStart
        closingQuote -= rowStart
        for index in cells.indices {
            cells[index].start -= rowStart
            cells[index].end -= rowStart
        }
        rowStart = 0
    }

    private mutating func read(isLast: Bool, row: (CSVRow) -> Void) throws(CSVFault) {
        // Moved out of `self`, so that the pointer and the state can be used at the same time.
        var bytes: [UInt8] = []
        swap(&bytes, &buffer)
        defer { swap(&bytes, &buffer) }
        let fault = bytes.withUnsafeMutableBufferPointer { text -> CSVFault? in
            guard let start = text.baseAddress else { return nil }
            do throws(CSVFault) {
                try scan(start, text.count, isLast: isLast, row: row)
                return nil
            } catch {
                return error
            }
        }
        if let fault { throw fault }
    }

    // MARK: Scanning

    private mutating func scan(
        _ text: UnsafeMutablePointer<UInt8>, _ count: Int, isLast: Bool, row: (CSVRow) -> Void
    ) throws(CSVFault) {
        while position + 8 <= count {
            let start = position
            let word = UInt64(littleEndian: UnsafeRawPointer(text + start).loadUnaligned(as: UInt64.self))
            union |= word
            var found = special(in: word)
            while found != 0 {
                let index = start + found.trailingZeroBitCount >> 3
                found &= found &- 1
                // Already consumed together with the previous character.
                if index < position { continue }
                guard try meet(index, text, count, isLast: isLast, row: row) else { return }
                if rowStart > start { union |= word }
            }
            position = max(position, start + 8)
        }
        while position < count {
            let index = position
            union |= UInt64(text[index])
            guard try meet(index, text, count, isLast: isLast, row: row) else { return }
            position = max(position, index + 1)
        }
        if isLast, !isInQuotes, rowStart < count { try endRow(at: count, next: count, text, row: row) }
    }

    /// Returns a word with the highest bit of each byte set where the text has a special character.
    @inline(__always)
    private func special(in word: UInt64) -> UInt64 {
        var found = Self.zeros(word ^ patterns.delimiter) | Self.zeros(word ^ patterns.quote) | Self.zeros(word)
        found |= Self.zeros(word ^ Self.repeated(10)) | Self.zeros(word ^ Self.repeated(13))
        if dialect.escape != nil { found |= Self.zeros(word ^ patterns.escape) }
        return found
    }

    /// Returns a word with exactly the highest bits of the zero bytes set.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 {
        let low = repeated(0x7F)
        return ~((word & low) &+ low | word | low)
    }

    @inline(__always)
    private static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// Handles a special character.
    ///
    /// - Returns: false if its meaning depends on the next piece.
    @inline(__always)
    private mutating func meet(
        _ index: Int, _ text: UnsafeMutablePointer<UInt8>, _ count: Int, isLast: Bool, row: (CSVRow) -> Void
    ) throws(CSVFault) -> Bool {
        let byte = text[index]
        if comment != nil, text[rowStart] == comment, byte != 10, byte != 13 { return true }
        if isInQuotes { return meetQuoted(index, byte, count, isLast: isLast) }
        if byte == dialect.delimiter {
            try endCell(at: index, text)
            cell = CSVCell(start: index + 1, end: 0, traits: [])
        } else if byte == 10 {
            lineEnds.insert(.lf)
            try endRow(at: index, next: index + 1, text, row: row)
        } else if byte == 13 {
            guard index + 1 < count || isLast else {
                position = index
                return false
            }
            let isPair = index + 1 < count && text[index + 1] == 10
            lineEnds.insert(isPair ? .crlf : .cr)
            try endRow(at: index, next: index + (isPair ? 2 : 1), text, row: row)
        } else if byte == 0 {
            cell.traits.insert(.nul)
        } else if byte == quote {
            openQuote(index, text)
        } else if byte == escape {
            return skipEscaped(index, count, isLast: isLast)
        }
        return true
    }

    private mutating func meetQuoted(_ index: Int, _ byte: UInt8, _ count: Int, isLast: Bool) -> Bool {
        if byte == 0 {
            cell.traits.insert(.nul)
        } else if byte == quote {
            isInQuotes = false
            closingQuote = index
        } else if byte == 10 {
            line += 1
        } else if byte == escape {
            return skipEscaped(index, count, isLast: isLast)
        }
        return true
    }

    private mutating func openQuote(_ index: Int, _ text: UnsafeMutablePointer<UInt8>) {
        if cell.traits.contains(.quoted), closingQuote == index - 1, dialect.doublesQuotes {
            isInQuotes = true
            cell.traits.insert(.escaped)
        } else if cell.traits.isDisjoint(with: [.quoted, .strayQuote]) {
            // Skipped text is scanned only once, since any later quote in the cell follows this one.
            if index == firstCharacter(text, before: index) {
                cell.start = index
                cell.traits.insert(.quoted)
                isInQuotes = true
            } else {
                cell.traits.insert(.strayQuote)
            }
        }
    }

    private mutating func skipEscaped(_ index: Int, _ count: Int, isLast: Bool) -> Bool {
        guard index + 1 < count || isLast else {
            position = index
            return false
        }
        cell.traits.insert(.escaped)
        position = index + 2
        return true
    }

    /// Returns the index at which the cell's text begins.
    private func firstCharacter(_ text: UnsafeMutablePointer<UInt8>, before end: Int) -> Int {
        var start = cell.start
        guard dialect.skipsInitialSpace else { return start }
        while start < end, text[start] == UInt8(ascii: " ") { start += 1 }
        return start
    }

    // MARK: Cells and rows

    @inline(__always)
    private mutating func endCell(at end: Int, _ text: UnsafeMutablePointer<UInt8>) throws(CSVFault) {
        cell.end = end
        if dialect.skipsInitialSpace || !cell.traits.isEmpty { unwrap(text) }
        if cell.end - cell.start > limits.cellByteCount { cell.traits.insert(.tooLong) }
        rowTraits.formUnion(cell.traits)
        guard cells.count < limits.cellCount else { throw .tooManyCells(row: rowNumber, line: rowLine) }
        cells.append(cell)
    }

    /// Removes quotes and escapes from the completed cell.
    private mutating func unwrap(_ text: UnsafeMutablePointer<UInt8>) {
        if cell.traits.contains(.quoted) {
            guard closingQuote + 1 == cell.end else {
                cell.traits.insert(.malformed)
                return
            }
            cell.start += 1
            cell.end = closingQuote
        } else {
            cell.start = firstCharacter(text, before: cell.end)
        }
        guard cell.traits.contains(.escaped) else { return }
        let isQuoted = cell.traits.contains(.quoted)
        var (read, write) = (cell.start, cell.start)
        while read < cell.end {
            let isPair = text[read] == dialect.escape || isQuoted && text[read] == dialect.quote
            if isPair, read + 1 < cell.end { read += 1 }
            text[write] = text[read]
            (read, write) = (read + 1, write + 1)
        }
        cell.end = write
    }

    private mutating func endRow(
        at end: Int, next: Int, _ text: UnsafeMutablePointer<UInt8>, row: (CSVRow) -> Void
    ) throws(CSVFault) {
        if comment == nil || rowStart == end || text[rowStart] != comment {
            try endCell(at: end, text)
            cells.withUnsafeBufferPointer { cells in
                row(
                    CSVRow(
                        number: rowNumber, line: rowLine, traits: rowTraits,
                        mayHaveNonASCII: union & Self.repeated(0x80) != 0,
                        bytes: UnsafePointer(text), cells: cells))
            }
            rowNumber += 1
        }
        cells.removeAll(keepingCapacity: true)
        cell = CSVCell(start: next, end: 0, traits: [])
        closingQuote = -1
        rowTraits = []
        union = 0
        rowStart = next
        position = next
        line += 1
        rowLine = line
    }
}

/// The kinds of line ends in a file.
struct LineEnds: OptionSet, Sendable {
    let rawValue: UInt8

    static let lf = LineEnds(rawValue: 1)
    static let crlf = LineEnds(rawValue: 2)
    static let cr = LineEnds(rawValue: 4)
}
