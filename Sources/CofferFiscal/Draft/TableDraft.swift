import CofferCrypto

/// The detected properties of a CSV file: its dialect, its encoding, and a type for each column.
struct TableDraft {
    let path: PackagePath
    let name: String
    private(set) var dialect = CSVDialect()
    private(set) var encoding = "utf-8"
    private(set) var byteCount: Int64 = 0
    private(set) var md5 = ""
    private(set) var profile = TableProfile(headerRow: 1)
    /// How the file is packed.
    let packing: TableFormat.Packing
    /// Why the file is not the expected table.
    private(set) var refusal: SourceError?
    /// Notes for the editor of the draft.
    private(set) var notes: [String] = []

    /// The number of bytes at the beginning from which the dialect is guessed.
    private static let sampleByteCount = 64 << 10

    /// - Throws: ``SourceError`` if the file or its text cannot be read.
    init(_ path: PackagePath, in source: any PackageSource) async throws(SourceError) {
        self.path = path
        packing = path.description.lowercased().hasSuffix(".gz") ? .gzip : .none
        var file = path.parts.last ?? ""
        if packing == .gzip { file = String(file.dropLast(3)) }
        name = PackageDraft.name(file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file, or: "table")
        do throws(SourceError) {
            try await inspect(source)
            profile = try await TableProfile(path, dialect, encoding, packing, in: source)
        } catch {
            guard error.isOfContent else { throw error }
            refusal = error
            return
        }
        notes += profile.notes().map { "\(path): \($0)" }
    }

    /// Whether there is a header, which a table requires.
    var isTable: Bool { !profile.columns.isEmpty && refusal == nil }

    /// Why the file is left out.
    var absence: String { "\(path) is left out: it \(refusal?.reason ?? "is empty")" }

    /// Reads the file to determine its size, its MD5, its encoding, and its dialect.
    private mutating func inspect(_ source: any PackageSource) async throws(SourceError) {
        let stored = TappedFile(try await source.open(path))
        var digest: Digest? = Digest(.md5)
        var storedCount: Int64 = 0
        func observe(_ piece: [UInt8]) {
            storedCount += Int64(piece.count)
            digest?.update(piece.span)
        }
        let text = try await TableText(
            stored, TableFormat(packing: packing), fields: [], dialect: dialect, observer: observe)
        var textCount = 0
        var sample: [UInt8] = []
        var rest: [UInt8] = []
        var isUTF8 = true
        while let piece = try await text.next(observe) {
            textCount += piece.count
            if sample.count < Self.sampleByteCount { sample += piece.prefix(Self.sampleByteCount - sample.count) }
            guard isUTF8 else { continue }
            rest += piece
            // Stop before a character that may continue in the next piece.
            let end = rest.suffix(3).lastIndex { $0 >= 0xC0 } ?? rest.count
            isUTF8 = (try? UTF8Span(validating: rest.span.extracting(0..<end))) != nil  // Only validity matters.
            rest.removeFirst(end)
        }
        if isUTF8 { isUTF8 = (try? UTF8Span(validating: rest.span)) != nil }
        encoding = Self.encoding(sample, isUTF8: isUTF8)
        try await TableText.readOn(stored, observe)
        byteCount = storedCount
        if let digest = digest.take() { md5 = hex(digest.finalize()) }
        guard var decoder = TextDecoder(encoding: encoding) else {
            throw .failed("the encoding \(encoding) is not supported")
        }
        dialect = DialectGuess(decoder.decode(sample), isWhole: textCount == sample.count).dialect
        if dialect.headerRow > 1 {
            notes.append(
                "\(path): row \(dialect.headerRow) is used as the header; delete the rows before it, since other readers "
                    + "may use the first row")
        }
    }

    /// Guesses the encoding. Text other than UTF-8 is UTF-16 if it has a byte order mark, and otherwise most often
    /// Western Windows text; the editor of the draft can correct it.
    private static func encoding(_ sample: [UInt8], isUTF8: Bool) -> String {
        if isUTF8 { return "utf-8" }
        return sample.starts(with: [0xFF, 0xFE]) || sample.starts(with: [0xFE, 0xFF]) ? "utf-16" : "windows-1252"
    }
}
