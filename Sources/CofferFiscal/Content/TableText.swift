import CofferModel

/// The text of one of a table's files, whatever its packing, while an observer sees the bytes as they are stored.
/// Memory does not grow with the file, except for JSON, which is read completely.
struct TableText {
    private let stored: TappedFile
    private let text: any PackageFile

    /// Receives every byte as it is stored.
    typealias Observer = ([UInt8]) -> Void

    /// - Parameters:
    ///   - fields: the names of the schema's fields, which determine the cell order of JSON rows.
    /// - Throws: ``SourceError/otherKind(_:)`` if the file is not a table of the format; the rest of the file can still
    ///   be observed.
    init(
        _ stored: TappedFile, _ format: TableFormat, fields: [String], dialect: CSVDialect, observer: Observer
    ) async throws(SourceError) {
        self.stored = stored
        var file: any PackageFile = stored
        switch format.packing {
        case .none: break
        case .gzip: file = try await Self.unpacked(file)
        case .zip(let path):
            let archive = try await Self.archive(try await Self.kind(file, .zip), stored, observer)
            file = ZipEntryFile(try archive.open(try Self.entry(path, archive)))
        }
        switch format.kind {
        case .text: text = try await Self.plainText(file)
        case .workbook(let sheet):
            text = WorkbookFile(try await Self.archive(try await Self.kind(file, .workbook), stored, observer), sheet)
        case .json(let property):
            let root = try await Self.json(file)
            text = try Self.rows(InlineRows(root.rows(at: property), fields, dialect))
        case .geoJSON:
            let root = try await Self.json(file)
            text = try Self.rows(InlineRows(root["features"], fields, dialect, isGeoJSON: true))
        }
        Self.drain(stored, observer)
    }

    /// Returns the next bytes of the text.
    func next(_ observer: Observer) async throws(SourceError) -> [UInt8]? {
        let piece = try await text.next()
        Self.drain(stored, observer)
        return piece
    }

    /// Reads the rest of the file for the observer only.
    static func readOn(_ stored: TappedFile, _ observer: Observer) async throws(SourceError) {
        drain(stored, observer)
        while try await stored.next() != nil { drain(stored, observer) }
    }

    private static func drain(_ stored: TappedFile, _ observer: Observer) {
        for piece in stored.drain() { observer(piece) }
    }

    // MARK: Packing

    private static func unpacked(_ file: any PackageFile) async throws(SourceError) -> any PackageFile {
        let start = try await PeekedFile(file)
        if FileKind(start.start) == .gzip { return InflatedFile(start, .gzip) }
        // The source has already unpacked it because of its content encoding.
        if start.information.isDecoded || start.start.isEmpty { return start }
        throw .damaged("it is not compressed with gzip, although its name or its compression says so")
    }

    /// Checks that a file is an archive of some kind.
    private static func kind(_ file: any PackageFile, _ expected: FileKind) async throws(SourceError) -> PeekedFile {
        let start = try await PeekedFile(file)
        let kind = FileKind(start.start)
        let isArchive = kind == .zip || kind == .workbook || kind == .openDocument || kind == .word
        guard isArchive else {
            throw .otherKind("\(kind?.rawValue ?? "text, or of an unknown kind"), not \(expected.rawValue)")
        }
        return start
    }

    private static func archive(
        _ file: any PackageFile, _ stored: TappedFile, _ observer: Observer
    ) async throws(SourceError) -> ZipArchive {
        let spooled = try SpooledFile()
        while let piece = try await file.next() {
            drain(stored, observer)
            try await spooled.append(piece)
        }
        return try ZipArchive(spooled)
    }

    private static func entry(_ path: String?, _ archive: ZipArchive) throws(SourceError) -> ZipArchive.Entry {
        let names = archive.entries.prefix(20).map { quoted($0.name) }.joined(separator: ", ")
        if let path {
            if let entry = try archive.entry(path) { return entry }
            throw .otherKind(
                "a ZIP archive without the file \(quoted(path)); it contains \(names.isEmpty ? "no files" : names)")
        }
        if archive.entries.count == 1 { return archive.entries[0] }
        let tables = archive.entries.filter { entry in
            [".csv", ".tsv"].contains { entry.name.lowercased().hasSuffix($0) }
        }
        if tables.count == 1 { return tables[0] }
        throw .otherKind(
            archive.entries.isEmpty
                ? "an empty ZIP archive" : "a ZIP archive of several files (\(names)): select one with innerpath"
        )
    }

    // MARK: Kinds of text

    private static func plainText(_ file: any PackageFile) async throws(SourceError) -> any PackageFile {
        var start = try await PeekedFile(file)
        // Named CSV, but packed without any declaration.
        if FileKind(start.start) == .gzip { start = try await PeekedFile(InflatedFile(start, .gzip)) }
        guard let kind = FileKind(start.start) else { return start }
        let advice =
            switch kind {
            case .workbook: "save it as CSV, or set \"format\": \"xlsx\""
            case .zip: "unpack it, or set \"compression\": \"zip\" and innerpath"
            case .oldOffice, .openDocument, .word: "save it as CSV"
            case .lfs: "run 'git lfs pull'"
            default: "replace it with the table"
            }
        throw .otherKind("\(kind.rawValue), not text such as CSV: \(advice)")
    }

    private static func json(_ file: any PackageFile) async throws(SourceError) -> DescriptorNode {
        try document(try await file.bytes(limit: UnpackingLimits.jsonByteCount))
    }

    /// - Parameter bytes: nil if the document is too long.
    /// - Throws: ``SourceError/otherKind(_:)`` if the bytes are not JSON, ``SourceError/unread(_:)`` if they are too
    ///   long.
    static func document(_ bytes: [UInt8]?) throws(SourceError) -> DescriptorNode {
        guard var bytes else { throw .unread("it is JSON of more than 64 MiB; save it as CSV") }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        do throws(JSONFault) {
            return DescriptorDocument(file: "", bytes: bytes, value: try JSONValue(document: bytes)).root
        } catch {
            if case .tooManyValues(let limit) = error.kind {
                throw .unread("it is JSON with more than \(limit) values; save it as CSV")
            }
            throw .otherKind("not valid JSON: \(error)")
        }
    }

    private struct InlineRows {
        let node: DescriptorNode?
        let fields: [String]
        let hasHeader: Bool
        let isGeoJSON: Bool

        init(_ node: DescriptorNode?, _ fields: [String], _ dialect: CSVDialect, isGeoJSON: Bool = false) {
            self.node = node
            self.fields = fields
            hasHeader = dialect.hasHeader
            self.isGeoJSON = isGeoJSON
        }
    }

    private static func rows(_ rows: InlineRows) throws(SourceError) -> any PackageFile {
        guard let node = rows.node, let list = node.value.array else {
            throw .otherKind("JSON without a list of \(rows.isGeoJSON ? "features" : "rows")")
        }
        guard list.count * max(1, rows.fields.count) <= UnpackingLimits.jsonCellCount else {
            throw .unread("it is JSON with more than \(UnpackingLimits.jsonCellCount) cells; save it as CSV")
        }
        let text = InlineTable.text(node, rows.fields, hasHeader: rows.hasHeader) { members, name in
            guard rows.isGeoJSON else { return members[name] }
            return members["properties"]?[name] ?? (["geometry", "id"].contains(name) ? members[name] : nil)
        }
        guard let text else {
            throw .otherKind("JSON whose list does not consist of rows: use only arrays, or only objects")
        }
        return TextFile(text)
    }
}

extension DescriptorNode {
    /// Returns the list of rows: the document itself, or the member at the dotted path.
    fileprivate func rows(at property: String?) -> DescriptorNode? {
        guard let property else { return self }
        var node: DescriptorNode? = self
        for name in property.split(separator: ".") { node = node?[String(name)] }
        return node
    }
}
