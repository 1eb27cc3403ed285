import CofferTransfer
import Testing

struct NameFilterTests {
    struct Case: Sendable {
        let rules: [NameFilter.Rule]
        let name: String
        let isAdmitted: Bool
    }

    @Test(arguments: [
        Case(rules: [], name: "any", isAdmitted: true),
        Case(rules: [.exclude("*.tmp")], name: "a.csv", isAdmitted: true),
        Case(rules: [.exclude("*.tmp")], name: "a.tmp", isAdmitted: false),
        Case(rules: [.exclude("*.tmp")], name: "raw/deep/a.tmp", isAdmitted: false),
        Case(rules: [.exclude("raw/*")], name: "raw-d", isAdmitted: true),
        Case(rules: [.exclude("*"), .include("*.csv")], name: "raw/a.csv", isAdmitted: true),
        Case(rules: [.include("*.csv"), .exclude("*")], name: "raw/a.csv", isAdmitted: false),
        Case(rules: [.exclude("?")], name: "ü", isAdmitted: false),
        Case(rules: [.exclude("[!a-c]")], name: "b", isAdmitted: true),
        Case(rules: [.exclude("[!a-c]")], name: "d", isAdmitted: false),
        Case(rules: [.exclude("a\\*")], name: "a\\b", isAdmitted: false),
        Case(rules: [.exclude("A")], name: "a", isAdmitted: true),
        Case(rules: [.exclude("")], name: "", isAdmitted: false),
    ])
    func `The last rule that matches the complete name counts`(_ example: Case) {
        #expect(NameFilter(example.rules).admits(example.name.utf8) == example.isAdmitted, "\(example)")
    }

    @Test(arguments: [("a.csv", true), ("b.csv", false), ("a.json", false)])
    func `Names that no rule matches can be left out`(_ name: String, _ isAdmitted: Bool) {
        let filter = NameFilter([.include("*.csv"), .exclude("b*")], admitsOthers: false)
        #expect(filter.admits(name.utf8) == isAdmitted)
        #expect(NameFilter(admitsOthers: false).admits(name.utf8))
    }
}
