import CofferModel
import Testing

@testable import CofferFiscal

struct PackageDraftTests {
    private static func draft(_ files: [String: [UInt8]]) async throws -> (
        draft: PackageDraft, json: JSONValue, fixture: PackageFixture
    ) {
        let fixture = try PackageFixture(descriptor: nil, files: files)
        let paths = try files.keys.sorted().map { try PackagePath($0) }
        let draft = try await PackageDraft(
            paths, in: DirectorySource(fixture.directory), name: "draft", currency: "EUR")
        try fixture.write(Array(draft.descriptor.utf8), "datapackage.json")
        return (draft, try #require(JSONValue(document: Array(draft.descriptor.utf8))), fixture)
    }

    private static func types(_ json: JSONValue, _ resource: Int = 0) -> [String] {
        (json.object?["resources"]?.array?[resource].object?["schema"]?.object?["fields"]?.array ?? []).compactMap {
            $0.object?["type"]?.string
        }
    }

    @Test func `a draft is a valid package with the measures and dimensions that the names tell`() async throws {
        let (draft, json, fixture) = try await Self.draft([
            "data/spending.csv": Array(
                "year,unit,unit name,func code,amount,count of posts\n2024,7,Parks,01.1,12.5,3\n2025,8,Roads,04.5,-1,4\n"
                    .utf8),
            "codes.csv": Array("code,label\n01.1,Executive\n04.5,Transport\n".utf8),
        ])
        let report = await fixture.validate()
        #expect(report.findings.isEmpty && report.isFiscal, "\(report.text)")
        #expect(draft.measures == ["spending.amount", "spending.count of posts"])
        #expect(Self.types(json, 1) == ["integer", "integer", "string", "string", "number", "integer"])
        let dimensions = try #require(json.object?["model"]?.object?["dimensions"]?.object)
        #expect(dimensions["year"]?.object?["dimensionType"]?.string == "datetime")
        #expect(dimensions["func"]?.object?["classificationType"]?.string == "functional")
    }

    @Test(arguments: [
        ("1\n-2\n", "integer"), ("1\n2.5\n", "number"), ("1e3\n", "number"), ("01\n02\n", "string"),
        ("01.1\n", "string"), ("0.5\n", "number"),
        ("2024-01-31\n", "date"), ("2024-01-31\n31.1.2024\n", "string"), ("2024-01-31T10:00:00Z\n", "datetime"),
        ("true\nfalse\n", "boolean"),
        ("0\n1\n", "integer"), ("a\n1\n", "string"), ("", "string"), ("\n\n", "string"), ("\"1,234.50\"\n", "number"),
        ("\"1,5\"\n", "number"),
        ("\"1.234,50\"\n", "number"), ("1 234\n", "number"), ("\"1,23,4\"\n", "string"), ("1.2.3\n", "string"),
        ("2024\n", "integer"),
    ])
    func `a column has the first type that all its cells are of`(cells: String, type: String) async throws {
        let (_, json, fixture) = try await Self.draft([
            "t.csv": Array("x,y\n".utf8) + Array(cells.replacing("\n", with: ",\n").utf8)
        ])
        #expect(Self.types(json).first == type)
        #expect(await fixture.validate().findings.allSatisfy { $0.rule == .rows })
    }

    @Test func `numbers are read in the form that they are found in`() async throws {
        let (_, _, fixture) = try await Self.draft(["t.csv": Array("name;sum\nA;1.234,50\nB;-7,25\n".utf8)])
        let file = PackageFixtureDatabase()
        _ = try await Derivation(DirectorySource(fixture.directory), database: file.path).derive()
        #expect(try file.texts("SELECT sum FROM draft__t") == ["1234.5", "-7.25"])
    }

    @Test(arguments: [(";", 59), ("\t", 9), ("|", 124), (",", 44)] as [(String, UInt8)])
    func `the delimiter is the one that parts all rows alike`(delimiter: String, byte: UInt8) async throws {
        let text =
            ["a, b", "c", "d"].joined(separator: delimiter) + "\n"
            + ["\"x;y,z\"", "1", "2"].joined(separator: delimiter) + "\n"
        let (_, json, _) = try await Self.draft(["t.csv": Array(text.replacing("a, b", with: "a").utf8)])
        let found = json.object?["resources"]?.array?.first?.object?["dialect"]?.object?["delimiter"]?.string
        #expect(found == String(UnicodeScalar(byte)))
    }

    @Test func `what is not UTF-8 is taken for the encoding of Windows`() async throws {
        let (_, json, fixture) = try await Self.draft(["t.csv": Array("a,b\ncaf".utf8) + [0xE9] + Array(",1\n".utf8)])
        #expect(json.object?["resources"]?.array?.first?.object?["encoding"]?.string == "windows-1252")
        #expect(await fixture.validate().findings.isEmpty)
    }

    /// Pieces end within characters, and there is no line feed to wait for.
    @Test(arguments: [0, 1, 2, 3])
    func `a long text of lines that end with CR is seen to be UTF-8`(_ offset: Int) async throws {
        let text = "\(String(repeating: "n", count: offset + 1)),amount\r" + String(repeating: "😀ß,1\r", count: 200_000)
        let (_, json, _) = try await Self.draft(["long.csv": Array(text.utf8)])
        #expect(json.object?["resources"]?.array?.first?.object?["encoding"]?.string == "utf-8")
        let (_, wrong, _) = try await Self.draft(["long.csv": Array(text.utf8) + [0xC3]])
        #expect(wrong.object?["resources"]?.array?.first?.object?["encoding"]?.string == "windows-1252")
    }

    @Test func `resources have names that are names, and each its own`() async throws {
        let (_, json, fixture) = try await Self.draft([
            "a/Übersicht 2024.csv": Array("a\n1\n".utf8), "b/übersicht 2024.csv": Array("a\n1\n".utf8),
            "c/2024.csv": Array("a\n1\n".utf8),
        ])
        let names = json.object?["resources"]?.array?.compactMap { $0.object?["name"]?.string } ?? []
        #expect(Set(names).count == 3 && names.allSatisfy(DescriptorReader.isName))
        let report = await fixture.validate()
        #expect(report.isValid, "\(report.text)")
    }
}
