import CofferModel

extension DescriptorReader {
    /// Properties of the package that fiscal packages have, and others may have too.
    mutating func readFiscalProperties(_ root: DescriptorNode) {
        for name in ["countryCode"] {
            guard let codes = strings(root, name), let place = root[name] else { continue }
            package.countryCodes = codes
            for code in codes where !Self.isLetters(code, 2) {
                findings.add(.countryCode, place.location, "the country code \(quoted(code)) is not two letters")
            }
        }
        let granularities = ["aggregated", "transactional", "transaction"]
        check(root, "granularity", granularities, .granularity)
        readPeriod(root)
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
        if start == nil, period["start"] == nil {
            findings.add(.fiscalPeriod, period.location, "the fiscal period has no start")
        }
        let reader = CellReader(form: .date(.iso))
        let ranks = [start, end].map { text in text.flatMap { reader.read($0)?.rank } }
        for (text, rank) in zip([start, end], ranks) where rank == nil {
            guard let text else { continue }
            findings.add(.fiscalPeriod, period.location, "\(quoted(text)) is no date such as 2025-12-31")
        }
        if let first = ranks[0], let last = ranks[1], last < first {
            findings.add(.fiscalPeriod, period.location, "the fiscal period ends before it starts")
        }
    }

    /// A property with a fixed set of values.
    @discardableResult
    mutating func check(
        _ node: DescriptorNode, _ name: String, _ allowed: [String], _ rule: Rule, of owner: String = "the package"
    ) -> String? {
        guard let text = string(node, name), let place = node[name] else { return nil }
        if allowed.contains(text) { return text }
        findings.add(
            rule, place.location,
            "\(name) of \(owner) is \(quoted(text)); allowed are \(allowed.joined(separator: ", "))")
        return nil
    }
}
