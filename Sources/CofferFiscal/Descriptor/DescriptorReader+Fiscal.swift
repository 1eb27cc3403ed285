import CofferModel

extension DescriptorReader {
    /// Reads the package properties that fiscal packages define, and that other packages may also have.
    mutating func readFiscalProperties(_ root: DescriptorNode) {
        readCountryCodes(root)
        check(root, "granularity", ["aggregated", "transactional", "transaction"], .granularity)
        readPeriod(root)
    }

    private mutating func readCountryCodes(_ root: DescriptorNode) {
        guard let codes = strings(root, "countryCode"), let place = root["countryCode"] else { return }
        package.countryCodes = codes
        for code in codes where !Self.isLetters(code, 2) {
            findings.add(
                .countryCode, place.location,
                "\(quoted(code)) is not a country code: use two letters (ISO 3166-1), such as DE")
        }
    }

    static func isLetters(_ text: String, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { ($0 | 32) >= UInt8(ascii: "a") && ($0 | 32) <= UInt8(ascii: "z") }
    }

    private mutating func readPeriod(_ root: DescriptorNode) {
        guard let period = object(root, "fiscalPeriod") else { return }
        let start = string(period, "start")
        let end = string(period, "end")
        package.fiscalPeriod = (start, end)
        if period["start"] == nil {
            findings.add(.fiscalPeriod, period.location, "the fiscal period has no start")
        }
        let first = start.flatMap { readDate($0, period) }
        let last = end.flatMap { readDate($0, period) }
        if let first, let last, last.order(first) == .less {
            findings.add(.fiscalPeriod, period.location, "the fiscal period ends before it starts")
        }
    }

    private mutating func readDate(_ text: String, _ period: DescriptorNode) -> CellValue? {
        if let date = CellReader(form: .date(.iso)).read(text) { return date }
        findings.add(.fiscalPeriod, period.location, "\(quoted(text)) is not a date in the form YYYY-MM-DD")
        return nil
    }

    /// Checks a property with a fixed set of values.
    @discardableResult
    mutating func check(
        _ node: DescriptorNode, _ name: String, _ allowed: [String], _ rule: Rule,
        of owner: () -> String = { "the package" }
    ) -> String? {
        guard let text = string(node, name), let place = node[name] else { return nil }
        if allowed.contains(text) { return text }
        findings.add(
            rule, place.location,
            "\(name) \(quoted(text)) of \(owner()) is not allowed; allowed: \(allowed.joined(separator: ", "))")
        return nil
    }
}
