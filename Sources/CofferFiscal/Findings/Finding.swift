/// An error in a package, or something that may trip up its readers.
public struct Finding: Sendable, Equatable {
    public let rule: Rule
    /// The actual and the allowed value, in one sentence.
    public let message: String
    public let location: Location

    public var severity: Rule.Severity { rule.severity }

    /// The location of a finding; properties that do not apply are nil.
    public struct Location: Sendable, Equatable {
        /// The file as named in the descriptor, or `datapackage.json` itself.
        public var file: String
        public var resource: String?
        /// The JSON pointer of the property in the descriptor (RFC 6901).
        public var pointer: String?
        /// The line of text in the file, counted from 1.
        public var line: Int?
        /// The row of the file, counted from 1; the header is a row.
        public var row: Int?
        /// The column, counted from 1; ``field`` is its name.
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

/// The findings of a run: all are counted, but only the first ones of each rule in each file are kept.
struct Findings: Sendable {
    private(set) var kept: [Finding] = []
    let limit: Int
    private var tallies: [Tally] = []
    /// The indices into `tallies`.
    private var places: [Group: Int] = [:]
    /// The index of the tally used last: the same problem often occurs many times in a row.
    private var last = 0

    private struct Group: Hashable {
        let rule: Rule
        let file: String
    }

    private struct Tally {
        let group: Group
        var total = 0
        var kept = 0
    }

    /// - Parameter limit: the maximum number of findings of one rule in one file to keep.
    init(limit: Int) { self.limit = limit }

    /// The number of findings of each rule.
    var counts: [Rule: Int] { tallies.reduce(into: [:]) { $0[$1.group.rule, default: 0] += $1.total } }

    /// Returns the number of findings of one rule.
    func count(of rule: Rule) -> Int { tallies.reduce(0) { $0 + ($1.group.rule == rule ? $1.total : 0) } }

    mutating func add(_ rule: Rule, _ location: Finding.Location, _ message: @autoclosure () -> String) {
        guard keeps(rule, location.file) else { return }
        kept.append(Finding(rule: rule, message: message(), location: location))
    }

    mutating func add(_ rule: Rule, _ place: DescriptorPlace, _ message: @autoclosure () -> String) {
        guard keeps(rule, place.file) else { return }
        kept.append(Finding(rule: rule, message: message(), location: place.location))
    }

    /// Counts a finding without keeping it.
    mutating func count(_ rule: Rule) {
        let place = tally(rule, "")
        tallies[place].total += 1
    }

    mutating func add(_ finding: Finding) { add(finding.rule, finding.location, finding.message) }

    /// Counts a finding.
    ///
    /// - Returns: whether to keep it, as one of the first.
    private mutating func keeps(_ rule: Rule, _ file: String) -> Bool {
        let place = tally(rule, file)
        tallies[place].total += 1
        guard tallies[place].kept < limit else { return false }
        tallies[place].kept += 1
        return true
    }

    private mutating func tally(_ rule: Rule, _ file: String) -> Int {
        if last < tallies.count, tallies[last].group.rule == rule, tallies[last].group.file == file { return last }
        let group = Group(rule: rule, file: file)
        last = places[group] ?? tallies.count
        if last == tallies.count {
            tallies.append(Tally(group: group))
            places[group] = last
        }
        return last
    }
}
