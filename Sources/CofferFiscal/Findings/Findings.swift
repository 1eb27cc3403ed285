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
        add(rule, file: location.file, location, message())
    }

    /// Adds a finding whose location is computed only if it is kept: most findings are only counted.
    mutating func add(
        _ rule: Rule, file: String, _ location: @autoclosure () -> Finding.Location,
        _ message: @autoclosure () -> String
    ) {
        guard keeps(rule, file) else { return }
        kept.append(Finding(rule: rule, message: message(), location: location()))
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
