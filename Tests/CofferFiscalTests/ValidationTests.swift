import Testing

@testable import CofferFiscal

struct ValidationTests {
    static let cases = FaultyPackage.structure + FaultyPackage.fiscal + FaultyPackage.data + FaultyPackage.integrity

    @Test func `nothing is found in a package that is right`() async throws {
        let report = try await PackageFixture().validate()
        #expect(report.findings.isEmpty && report.isValid && report.isFiscal)
        #expect(
            report.files == [
                Report.File(resource: "budget", path: "data/budget.csv", rows: 4, bytes: 137),
                Report.File(resource: "cofog", path: "data/cofog.csv", rows: 3, bytes: 68),
            ])
    }

    @Test(arguments: cases.indices)
    func `one thing wrong is found, in its place, and nothing else`(index: Int) async throws {
        let package = Self.cases[index]
        let report = try await package.fixture().validate()
        let found = Set(report.findings.map(\.rule))
        #expect(found == package.besides.union([package.rule]), "\(package.rule.id) \(package.changes)\n\(report.text)")
        let finding = try #require(report.findings.first { $0.rule == package.rule })
        #expect(report.counts[package.rule] == package.count, "\(report.text)")
        if let row = package.row { #expect(finding.location.row == row, "\(report.text)") }
        if let column = package.column { #expect(finding.location.column == column, "\(report.text)") }
        if let line = package.line { #expect(finding.location.line == line, "\(report.text)") }
        let isDescriptor = [.structure, .fiscal, .integrity].contains(package.rule.level)
        #expect((finding.location.file == "datapackage.json") == isDescriptor, "\(report.text)")
    }

    @Test func `every rule has a package that breaks it`() {
        #expect(Set(Self.cases.map(\.rule)) == Set(Rule.allCases))
    }

    @Test func `warnings leave a package valid, and errors do not`() async throws {
        for package in Self.cases {
            let report = try await package.fixture().validate()
            let hasError = report.findings.contains { $0.severity == .error }
            #expect(report.isValid == !hasError, "\(package.rule.id)")
        }
    }
}
