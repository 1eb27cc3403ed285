/// Something that a package gets wrong, or that its readers may stumble over.
public struct Finding: Sendable, Equatable {
    public let rule: Rule
    /// What is there and what is allowed, in one sentence.
    public let message: String
    public let location: Location

    public var severity: Rule.Severity { rule.severity }

    /// Where a finding is; what does not apply is nil.
    public struct Location: Sendable, Equatable {
        /// The file as the descriptor names it, or `datapackage.json` itself.
        public var file: String
        public var resource: String?
        /// The JSON pointer of the property in the descriptor (RFC 6901).
        public var pointer: String?
        /// The line of text in the file, from 1.
        public var line: Int?
        /// The row of the file, from 1; the header is a row.
        public var row: Int?
        /// The column, from 1, and its name.
        public var column: Int?
        public var field: String?

        init(
            _ file: String, resource: String? = nil, pointer: String? = nil, line: Int? = nil, row: Int? = nil,
            column: Int? = nil, field: String? = nil
        ) {
            self.file = file
            self.resource = resource
            self.pointer = pointer
            self.line = line
            self.row = row
            self.column = column
            self.field = field
        }
    }
}

/// The findings of a run: all are counted, and of each rule in each file the first are kept.
struct Findings: Sendable {
    private(set) var kept: [Finding] = []
    private(set) var counts: [Rule: Int] = [:]
    private var keptCounts: [Group: Int] = [:]
    let limit: Int

    private struct Group: Hashable {
        let rule: Rule
        let file: String
    }

    /// - Parameter limit: how many findings of one rule in one file are kept.
    init(limit: Int) { self.limit = limit }

    mutating func add(_ rule: Rule, _ location: Finding.Location, _ message: @autoclosure () -> String) {
        counts[rule, default: 0] += 1
        guard keptCounts[Group(rule: rule, file: location.file), default: 0] < limit else { return }
        keptCounts[Group(rule: rule, file: location.file), default: 0] += 1
        kept.append(Finding(rule: rule, message: message(), location: location))
    }

    /// Counts a finding that is not kept.
    mutating func count(_ rule: Rule) { counts[rule, default: 0] += 1 }

    mutating func add(_ finding: Finding) { add(finding.rule, finding.location, finding.message) }
}
