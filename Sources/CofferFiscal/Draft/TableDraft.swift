import CofferCrypto

/// What is found out about a file of CSV: its dialect, its encoding, and a type for each column.
struct TableDraft {
    let path: PackagePath
    private(set) var name = ""
    private(set) var delimiter = UInt8(ascii: ",")
    private(set) var encoding = "utf-8"
    private(set) var byteCount: Int64 = 0
    private(set) var md5 = ""
    private(set) var columns: [ColumnProfile] = []

    /// Bytes at the beginning by which the delimiter is guessed.
    private static let sampleByteCount = 64 << 10

    /// - Throws: ``SourceError`` if the file cannot be read, or its text not.
    init(_ path: PackagePath, in source: any PackageSource) async throws(SourceError) {
        self.path = path
        let file = path.parts.last ?? ""
        name = PackageDraft.name(file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file, or: "table")
        try await inspect(source)
        try await profile(source)
    }

    /// Reads the bytes: how many they are, their MD5, whether they are UTF-8, and how the first are parted.
    private mutating func inspect(_ source: any PackageSource) async throws(SourceError) {
        let file = try await source.open(path)
        var digest = Digest(.md5)
        var sample: [UInt8] = []
        var rest: [UInt8] = []
        var isUTF8 = true
        while let piece = try await file.next() {
            byteCount += Int64(piece.count)
            digest.update(piece.span)
            if sample.count < Self.sampleByteCount { sample += piece.prefix(Self.sampleByteCount - sample.count) }
            guard isUTF8 else { continue }
            rest += piece
            // Up to a character that may go on in the next piece.
            let end = rest.suffix(3).lastIndex { $0 >= 0xC0 } ?? rest.count
            isUTF8 = (try? UTF8Span(validating: rest.span.extracting(0..<end))) != nil  // Only whether matters.
            rest.removeFirst(end)
        }
        if isUTF8 { isUTF8 = (try? UTF8Span(validating: rest.span)) != nil }
        // What is not UTF-8 is mostly of Windows in the west; whoever edits the draft knows better.
        encoding = isUTF8 ? "utf-8" : "windows-1252"
        md5 = hex(digest.finalize())
        delimiter = Self.delimiter(of: sample)
    }

    /// The character that parts the first rows into the most cells, the same number in each.
    private static func delimiter(of sample: [UInt8]) -> UInt8 {
        var best = (byte: UInt8(ascii: ","), cells: 1)
        for byte in ",;\t|".utf8 {
            var dialect = CSVDialect()
            dialect.delimiter = byte
            var reader = CSVReader(dialect)
            var counts: [Int] = []
            // A sample that cannot be read with one delimiter is tried with the next.
            try? reader.append(sample) { row in if counts.count < 20, !row.isBlank { counts.append(row.count) } }
            if let first = counts.first, counts.allSatisfy({ $0 == first }), first > best.cells { best = (byte, first) }
        }
        return best.byte
    }

    private mutating func profile(_ source: any PackageSource) async throws(SourceError) {
        var dialect = CSVDialect()
        dialect.delimiter = delimiter
        guard var text = TextPieces(dialect, encoding: encoding) else { throw .failed("\(encoding) is not known here") }
        let file = try await source.open(path)
        var columns: [ColumnProfile] = []
        func take(_ row: CSVRow) {
            if columns.isEmpty {
                columns = (0..<row.count).map { ColumnProfile(name: String(decoding: row[$0], as: UTF8.self)) }
            } else if !row.isBlank {
                for index in 0..<min(row.count, columns.count) { columns[index].take(row[index]) }
            }
        }
        while let piece = try await file.next() { text.append(piece, take) }
        text.finish(take)
        guard text.fault == nil else { throw .failed("its text is not CSV") }
        self.columns = columns
    }
}
