@testable import CofferFiscal

/// A package with one thing wrong, and what is to be found in it.
struct FaultyPackage: Sendable {
    let rule: Rule
    /// Texts of the descriptor that are replaced by others, each of which must be there.
    var changes: [(String, String)] = []
    /// The whole descriptor; nil for the changed one of the fixture.
    var descriptor: [UInt8]?
    var files: [String: [UInt8]] = [:]
    /// The files of the package that are not there.
    var missing: [String] = []
    var links: [String: String] = [:]
    var allowsUnread = false
    /// Where the first finding of the rule is.
    var row: Int?
    var column: Int?
    var line: Int?
    /// How many findings of the rule there are.
    var count = 1
    /// Other rules that are broken by the same thing.
    var besides: Set<Rule> = []

    init(_ rule: Rule, _ changes: (String, String)...) {
        self.rule = rule
        self.changes = changes
    }

    /// A package whose budget has other rows.
    init(_ rule: Rule, budget: String, row: Int? = nil, column: Int? = nil, _ changes: (String, String)...) {
        self.init(rule, bytes: Array(budget.utf8), row: row, column: column)
        self.changes += changes
    }

    init(_ rule: Rule, bytes: [UInt8], row: Int? = nil, column: Int? = nil) {
        self.rule = rule
        self.row = row
        self.column = column
        files["data/budget.csv"] = bytes
        changes = [Self.noBytes]
    }

    /// Takes out what is said of the bytes of a file that is another one.
    static let noBytes = (#""bytes": 137, "hash": "23fad7dee8459bc0caaf769c1491a5ad","#, "")

    func with(_ change: (inout FaultyPackage) -> Void) -> FaultyPackage {
        var copy = self
        change(&copy)
        return copy
    }

    func fixture() throws -> PackageFixture {
        var text = PackageFixture.descriptor
        for (old, new) in changes {
            guard text.contains(old) else { throw NotThere(text: old) }
            text = text.replacing(old, with: new, maxReplacements: 1)
        }
        var all = PackageFixture.files.merging(files) { $1 }
        for path in missing { all[path] = nil }
        let isDescriptorThere = !missing.contains("datapackage.json")
        let fixture = try PackageFixture(descriptor: isDescriptorThere ? text : nil, files: all)
        if let descriptor { try fixture.write(descriptor, "datapackage.json") }
        for (path, target) in links { try fixture.link(path, to: target) }
        return fixture
    }

    struct NotThere: Error { let text: String }
}
