import Testing

@testable import CofferFiscal

/// What of a descriptor is not looked at, lest reading it take long; each limit is far above what packages have.
struct DescriptorLimitTests {
    private func validate(_ schema: String, resources: String = "") async throws -> Report {
        let table = #"{"name": "t", "path": "t.csv", "schema": {\#(schema)}}"#
        let descriptor = #"{"name": "p", "resources": [\#(table)\#(resources)]}"#
        return try await PackageFixture(descriptor: descriptor, files: ["t.csv": Array("a\n1\n".utf8)]).validate()
    }

    private func list(_ count: Int, _ item: (Int) -> String) -> String { (0..<count).map(item).joined(separator: ",") }

    @Test func `Parts beyond the limit are one finding, with its place`() async throws {
        let fields = list(DescriptorReader.partLimit + 10) { #"{"name": "f\#($0)"}"# }
        let report = try await validate(#""fields": [\#(fields)]"#)
        #expect(report.counts[.descriptorSize] == 1 && !report.isValid)
        let finding = try #require(report.findings.first { $0.rule == .descriptorSize })
        #expect(finding.location.pointer == "/resources/0/schema/fields")
        #expect(finding.message.contains("more than 16384") && finding.message.contains("12 of these"))
    }

    @Test func `As many parts as are looked at are no finding`() async throws {
        // The resource and its file are parts as well.
        let fields = list(DescriptorReader.partLimit - 2) { #"{"name": "f\#($0)"}"# }
        #expect(try await validate(#""fields": [\#(fields)]"#).counts[.descriptorSize] == nil)
    }

    @Test func `The parts of all tables count together`() async throws {
        let fields = list(9000) { #"{"name": "f\#($0)"}"# }
        let second = #", {"name": "u", "path": "t.csv", "schema": {"fields": [\#(fields)]}}"#
        let report = try await validate(#""fields": [\#(fields)]"#, resources: second)
        #expect(report.findings.first { $0.rule == .descriptorSize }?.location.pointer == "/resources/1/schema/fields")
    }

    @Test(arguments: [(128, 0), (129, 1)])
    func `The keys of a table have so many fields together`(count: Int, found: Int) async throws {
        let fields = list(130) { #"{"name": "f\#($0)"}"# }
        let keys = list(count) { #"["f\#($0)"]"# }
        let report = try await validate(#""fields": [\#(fields)], "uniqueKeys": [\#(keys)]"#)
        #expect(report.counts[.keyField, default: 0] == found)
    }

    @Test func `A key that is written again and again counts once, and so does what many tables refer to`() async throws
    {
        let fields = #""fields": [{"name": "a"}]"#
        let keys = list(300) { _ in #"["a"]"# }
        let referring = list(200) { index in
            let key = #"{"fields": "a", "reference": {"resource": "t", "fields": "a"}}"#
            return
                #"{"name": "r\#(index)", "path": "t.csv", "schema": {\#(fields), "foreignKeys": [\#(key), \#(key)]}}"#
        }
        let report = try await validate(#"\#(fields), "uniqueKeys": [\#(keys)]"#, resources: ", \(referring)")
        #expect(report.counts[.keyField] == nil && report.isValid, "\(report.text)")
    }

    @Test func `Foreign keys count for the table that they stand in`() async throws {
        let fields = list(130) { #"{"name": "f\#($0)"}"# }
        let keys = list(129) { #"{"fields": "f\#($0)", "reference": {"resource": "", "fields": "f\#($0)"}}"# }
        let report = try await validate(#""fields": [\#(fields)], "foreignKeys": [\#(keys)]"#)
        // Of each the fields that refer, and those that are referred to, which are others to the table.
        #expect(report.counts[.keyField] == 129 - 64)
    }

    @Test func `Patterns count together, by what they come to`() async throws {
        let usual = list(500) {
            #"{"name": "f\#($0)", "type": "string", "constraints": {"pattern": "[A-Z]{2}[0-9]{4,8}"}}"#
        }
        #expect(try await validate(#""fields": [\#(usual)]"#).counts[.constraint] == nil)
        let large = list(500) { #"{"name": "f\#($0)", "type": "string", "constraints": {"pattern": "(a?){900}"}}"# }
        let report = try await validate(#""fields": [\#(large)]"#)
        #expect(report.counts[.constraint, default: 0] > 250 && report.counts[.constraint, default: 0] < 480)
    }

    @Test func `Quantifiers of quantifiers are refused`() {
        #expect(throws: PatternFault.self) { try CellPattern("a" + String(repeating: "*", count: 900)) }
    }

    @Test func `A column type has a few words`() async throws {
        func type(_ words: Int) -> String {
            let type = Array(repeating: "value", count: words).joined(separator: ":")
            return #""fields": [{"name": "a", "type": "integer", "columnType": "\#(type)"}]"#
        }
        #expect(try await validate(type(16)).counts[.columnType] == nil)
        #expect(try await validate(type(17)).counts[.columnType] == 1)
    }

    @Test func `Names that are taken are counted on from where the last one was`() {
        var names = UniqueNames(taken: ["a 3", "b"])
        #expect(
            ["a", "a", "a", "b", "a", "a 2", "c"].map { names.next($0, " ") } == [
                "a", "a 2", "a 4", "b 2", "a 5", "a 2 2", "c",
            ])
        var tried = 0
        var numbered = NumberedNames()
        var taken: Set<String> = []
        for _ in 0..<1000 {
            let name = numbered.next("x", "-") {
                tried += 1
                return !taken.contains($0)
            }
            taken.insert(name)
        }
        #expect(taken.count == 1000 && taken.contains("x-1000") && tried == 1000)
    }

    @Test func `A header of marks is one of another name`() async throws {
        let marks = String(repeating: "\u{301}\u{316}", count: 200_000)
        let descriptor =
            #"{"name": "p", "resources": [{"name": "t", "path": "t.csv", "schema": {"fields": [{"name": "a"}]}}]}"#
        let report = try await PackageFixture(descriptor: descriptor, files: ["t.csv": Array("a\(marks)\n1\n".utf8)])
            .validate()
        #expect(report.counts[.headerName] == 1)
    }
}
