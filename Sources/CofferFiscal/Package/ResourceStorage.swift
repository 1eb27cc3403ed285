import CofferModel

/// The kind of a resource's file, according to its descriptor.
enum ResourceStorage: Sendable, Equatable {
    case table(TableFormat)
    /// A table of an unsupported kind, which is named for messages.
    case unread(String)
    /// JSON that nothing declares to be a table.
    case data
    /// Not a table, such as a document or a picture.
    case other
}

extension ResourceStorage {
    /// What a descriptor states about a resource's files.
    struct Description {
        /// The last part of each path or URL, without a query.
        var fileNames: [String]
        var format: String?
        var mediaType: String?
        var compression: String?
        var innerPath: String?
        /// Whether the resource has a schema or a profile of tables.
        var isTabular: Bool
        var sheet = WorkbookSheet.number(1)
        var jsonProperty: String?
    }

    init(_ description: Description) {
        let packing: TableFormat.Packing
        switch Self.packing(description) {
        case .some(let found): packing = found
        case nil:
            self = .unread(
                "it is compressed with \(quoted(description.compression ?? "")), which is not supported; use gzip or zip"
            )
            return
        }
        let ending = Self.ending(description, packing)
        let word = description.format?.lowercased()
        let kind = word.flatMap(Self.kinds) ?? Self.kind(ofMediaType: description.mediaType, ending: ending)
        switch kind ?? (word == nil || packing != .none ? Self.kinds(ending) : nil) {
        case .some(.text): self = .table(TableFormat(kind: .text, packing: packing))
        case .some(.workbook):
            self = .table(TableFormat(kind: .workbook(description.sheet), packing: packing))
        case .some(.json):
            let kind = TableFormat.Kind.json(property: description.jsonProperty)
            self = description.isTabular ? .table(TableFormat(kind: kind, packing: packing)) : .data
        case .some(.geoJSON):
            self = description.isTabular ? .table(TableFormat(kind: .geoJSON, packing: packing)) : .data
        case .some(.unread(let name)): self = .unread("it is \(name)")
        case nil where !description.isTabular: self = .other
        // A table without any stated format is CSV.
        case nil where word == nil && description.mediaType == nil:
            self = .table(TableFormat(kind: .text, packing: packing))
        case nil:
            self = .unread("its format \(quoted(description.format ?? description.mediaType ?? "")) is not supported")
        }
    }

    private enum Word {
        case text, workbook, json, geoJSON
        case unread(String)
    }

    private static func kinds(_ word: String) -> Word? {
        switch word {
        case "csv", "tsv": .text
        case "xlsx", "xlsm": .workbook
        case "json": .json
        case "geojson": .geoJSON
        case "xls", "xlsb":
            .unread("an Excel workbook of a kind that is not supported (.\(word)); save it as .xlsx or CSV")
        case "ods": .unread("an OpenDocument spreadsheet, which is not supported; save it as .xlsx or CSV")
        case "parquet": .unread("a Parquet file, which is not supported; convert it to CSV")
        case "ndjson", "jsonl": .unread("a file of JSON lines, which is not supported; convert it to JSON or CSV")
        case "sqlite", "sql", "db": .unread("a database, which is not supported; export the table as CSV")
        case "dta", "sav", "sas7bdat", "dbf", "feather", "arrow", "gsheets", "html", "xml":
            .unread("in the format \(word), which is not supported; convert it to CSV")
        default: nil
        }
    }

    private static func kind(ofMediaType type: String?, ending: String) -> Word? {
        guard let type = type?.lowercased() else { return nil }
        if type.hasPrefix("text/csv") || type.hasPrefix("text/tab-sep") { return .text }
        if type.hasPrefix("application/vnd.openxmlformats-officedocument.spreadsheetml") { return .workbook }
        if type.hasPrefix("application/geo+json") { return .geoJSON }
        if type.hasPrefix("application/json") { return .json }
        // Windows uses this type for CSV where Excel is installed.
        if type.hasPrefix("application/vnd.ms-excel") { return kinds(ending) ?? kinds("xls") }
        return kinds(ending)
    }

    // MARK: Packing

    /// - Returns: nil for an unknown packing.
    private static func packing(_ description: Description) -> TableFormat.Packing? {
        let names = description.fileNames.map { $0.lowercased() }
        let format = description.format?.lowercased()
        switch description.compression?.lowercased() {
        case "no", "none", "": return TableFormat.Packing.none
        case "gz", "gzip": return .gzip
        case "zip": return .zip(innerPath: description.innerPath)
        case .some: return nil
        case nil: break
        }
        if description.innerPath != nil || format == "zip" { return .zip(innerPath: description.innerPath) }
        guard !names.isEmpty else { return TableFormat.Packing.none }
        if format == "gz" || names.allSatisfy({ $0.hasSuffix(".gz") }) { return .gzip }
        return names.allSatisfy { $0.hasSuffix(".zip") } ? .zip(innerPath: nil) : TableFormat.Packing.none
    }

    /// Returns the file extension without the one of the packing; empty if the files' extensions differ.
    private static func ending(_ description: Description, _ packing: TableFormat.Packing) -> String {
        var names = description.fileNames
        if case .zip(let innerPath?) = packing { names = [innerPath] }
        let endings = Set(names.map { ending(of: $0, packing) })
        return endings.count == 1 ? endings.first ?? "" : ""
    }

    private static func ending(of name: String, _ packing: TableFormat.Packing) -> String {
        var parts = name.lowercased().split(at: ".").dropFirst()
        if packing != .none, let last = parts.last, ["gz", "zip"].contains(last) { parts.removeLast() }
        if let last = parts.last { return String(last) }
        // The kind of a file in an archive without another extension is checked when the archive is opened.
        return packing == .none ? "" : "csv"
    }
}
