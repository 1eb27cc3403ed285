import CofferCrypto

/// What is found out about a file of CSV: its dialect, its encoding, and a type for each column.
struct TableDraft {
    let path: PackagePath
    let name: String
    private(set) var dialect = CSVDialect()
    private(set) var encoding = "utf-8"
    private(set) var byteCount: Int64 = 0
    private(set) var md5 = ""
    private(set) var profile = TableProfile(headerRow: 1)
    /// What whoever edits the draft is to know.
    private(set) var notes: [String] = []

    /// Bytes at the beginning by which the dialect is guessed.
    private static let sampleByteCount = 64 << 10

    /// - Throws: ``SourceError`` if the file cannot be read, or its text not.
    init(_ path: PackagePath, in source: any PackageSource) async throws(SourceError) {
        self.path = path
        let file = path.parts.last ?? ""
        name = PackageDraft.name(file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file, or: "table")
        try await inspect(source)
        profile = try await TableProfile(path, dialect, encoding, in: source)
        notes += profile.notes().map { "\(path): \($0)" }
    }

    /// Whether there is a header, without which there is no table.
    var isTable: Bool { !profile.columns.isEmpty }

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
        encoding = Self.encoding(sample, isUTF8: isUTF8)
        md5 = hex(digest.finalize())
        guard var decoder = TextDecoder(encoding: encoding) else { throw .failed("\(encoding) is not known here") }
        dialect = DialectGuess(decoder.decode(sample), isWhole: byteCount == sample.count).dialect
        if dialect.headerRow > 1 {
            notes.append(
                "\(path): row \(dialect.headerRow) is taken for the header; other readers may take the first one: delete what "
                    + "is before it")
        }
    }

    /// What is not UTF-8 is UTF-16 if it says so, and else mostly of Windows in the west; whoever edits the draft knows
    /// better.
    private static func encoding(_ sample: [UInt8], isUTF8: Bool) -> String {
        if isUTF8 { return "utf-8" }
        return sample.starts(with: [0xFF, 0xFE]) || sample.starts(with: [0xFE, 0xFF]) ? "utf-16" : "windows-1252"
    }
}
