import CofferModel

extension DescriptorReader {
    /// - Returns: nil for an unsupported dialect.
    mutating func readDialect(_ node: DescriptorNode, _ name: String) -> CSVDialect? {
        var dialect = CSVDialect()
        // CSV Dialect 1.2 has caseSensitiveHeader. Table Dialect 2.0 does not, and its readers compare names exactly.
        dialect.isHeaderCaseSensitive = isVersion2
        if Self.isTabSeparated(node) { dialect.delimiter = 9 }
        guard node["dialect"] != nil else { return dialect }
        guard let properties = referenced(node, "dialect", name) else { return nil }
        let before = findings.count(of: .dialect)
        apply(properties, name, to: &dialect)
        // Frictionless 5 writes the CSV properties into a member of that name.
        let csv = object(properties, "csv", resource: name)
        if let csv { apply(csv, name, to: &dialect) }
        if dialect.escape == dialect.quote { dialect.escape = nil }
        checkLineTerminator(properties, name)
        if let csv { checkLineTerminator(csv, name) }
        readRows(properties, name, &dialect)
        let special = [dialect.delimiter, dialect.quote, dialect.escape, dialect.comment].compactMap { $0 }
        if Set(special).count < special.count {
            findings.add(
                .dialect, properties.location(resource: name),
                "delimiter, quoteChar, escapeChar and commentChar must be different characters")
        }
        return findings.count(of: .dialect) == before ? dialect : nil
    }

    /// Applies the properties that are present, and keeps the others unchanged.
    private mutating func apply(_ properties: DescriptorNode, _ name: String, to dialect: inout CSVDialect) {
        if let delimiter = character(properties, "delimiter", name) { dialect.delimiter = delimiter }
        if properties["quoteChar"]?.value.string == "" { dialect.quote = nil }
        if let quote = character(properties, "quoteChar", name) { dialect.quote = quote }
        if let escape = character(properties, "escapeChar", name) { dialect.escape = escape }
        if let comment = character(properties, "commentChar", name) { dialect.comment = comment }
        if let null = string(properties, "nullSequence", resource: name) { dialect.nullSequence = null }
        if let doubles = bool(properties, "doubleQuote", resource: name) { dialect.doublesQuotes = doubles }
        if let skips = bool(properties, "skipInitialSpace", resource: name) { dialect.skipsInitialSpace = skips }
        if let hasHeader = bool(properties, "header", resource: name) { dialect.hasHeader = hasHeader }
        if let isSensitive = bool(properties, "caseSensitiveHeader", resource: name) {
            dialect.isHeaderCaseSensitive = isSensitive
        }
    }

    private static func isTabSeparated(_ node: DescriptorNode) -> Bool {
        if let format = node["format"]?.value.string { return format.lowercased() == "tsv" }
        if let type = node["mediatype"]?.value.string { return type.hasPrefix("text/tab-sep") }
        let path = (node["innerpath"] ?? node["path"]?.items.first ?? node["path"])?.value.string?.lowercased()
        return [".tsv", ".tsv.gz", ".tsv.zip"].contains { path?.hasSuffix($0) ?? false }
    }

    private mutating func character(_ node: DescriptorNode, _ key: String, _ name: String) -> UInt8? {
        guard let text = string(node, key, resource: name), !text.isEmpty, let place = node[key] else { return nil }
        let bytes = Array(text.utf8)
        guard bytes.count == 1, bytes[0] < 128, bytes[0] != 0, bytes[0] != 10, bytes[0] != 13 else {
            findings.add(
                .dialect, place.location(resource: name), "\(key) must be one ASCII character, not \(quoted(text))")
            return nil
        }
        return bytes[0]
    }

    private mutating func checkLineTerminator(_ node: DescriptorNode, _ name: String) {
        guard let end = string(node, "lineTerminator", resource: name), let place = node["lineTerminator"] else {
            return
        }
        // Python's csv module writes "\r" and "\n" too; the actual line end is detected in the file.
        guard !["\r\n", "\n", "\r"].contains(end) else { return }
        findings.add(
            .dialect, place.location(resource: name),
            "lineTerminator \(quoted(end)) is not supported; allowed: \"\\r\\n\", \"\\n\", \"\\r\"")
    }

    /// Reads the row numbers of Table Dialect 2.0; only a single header row is supported.
    private mutating func readRows(_ node: DescriptorNode, _ name: String, _ dialect: inout CSVDialect) {
        if let rows = rowNumbers(node, "headerRows", name) {
            if rows.count > 1, let place = node["headerRows"] {
                findings.add(
                    .dialect, place.location(resource: name),
                    "headerRows with \(rows.count) rows is not supported: give one row")
            }
            dialect.headerRow = rows.first ?? 1
        }
        dialect.commentRows = Set(rowNumbers(node, "commentRows", name) ?? [])
    }

    private mutating func rowNumbers(_ node: DescriptorNode, _ key: String, _ name: String) -> [Int]? {
        let items = array(node, key, resource: name)
        let rows = items.compactMap(\.value.integer).filter { $0 > 0 }
        if let place = node[key], rows.count < items.count {
            findings.add(
                .dialect, place.location(resource: name), "\(key) must be a list of row numbers, counted from 1")
        }
        return node[key] == nil ? nil : rows
    }
}
