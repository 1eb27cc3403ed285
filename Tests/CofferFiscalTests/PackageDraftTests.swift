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
        return (draft, try JSONValue(document: Array(draft.descriptor.utf8)), fixture)
    }

    private static func types(_ json: JSONValue, _ resource: Int = 0) -> [String] {
        (json.object?["resources"]?.array?[resource].object?["schema"]?.object?["fields"]?.array ?? []).compactMap {
            $0.object?["type"]?.string
        }
    }

    @Test func `A draft is a valid package with the measures and dimensions that the names tell`() async throws {
        let (draft, json, fixture) = try await Self.draft([
            "data/spending.csv": Array(
                "year,unit,unit name,func code,amount,count of posts\n2024,7,Parks,01.1,12.5,3\n2025,8,Roads,04.5,-1,4\n"
                    .utf8),
            "codes.csv": Array("code,label\n01.1,Executive\n04.5,Transport\n".utf8),
        ])
        let report = await fixture.validate()
        #expect(report.findings.isEmpty && report.isFiscal, "\(report.text)")
        #expect(draft.measures == ["spending.amount"])
        #expect(Self.types(json, 1) == ["year", "integer", "string", "string", "number", "integer"])
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
        ("2024\n", "year"), ("2024-05\n2024-12\n", "yearmonth"), ("10:30:00\n", "time"), ("10:30\n9:05\n", "time"),
        ("\"0,250\"\n", "number"), ("€1.234\n€2\n", "number"), ("NA\n7\nnd\n", "integer"), (" 47\n8\n", "integer"),
        ("31.12.2024\n1.2.2024\n", "date"), ("31/12/2024\n01/02/2024\n", "date"),
        ("12/31/2024\n", "date"), ("01/02/2024\n", "string"), ("2024-01-31 10:00\n", "datetime"),
        ("$1\n-2\n", "integer"), ("\"$1,234.50\"\n$7\n", "number"), ("1.50 EUR\n", "number"), ("12 %\n", "integer"),
        ("€1\n$1\n", "string"), ("(1.50)\n2\n", "string"), ("1.50-\n", "string"), ("-$1.50\n", "string"),
        ("ABC 7\n", "string"), ("1\u{A0}234\n", "number"), ("1'234.50\n", "number"), ("1'23.50\n", "string"),
        ("1 234.50 €\n", "number"), ("1\n-\nn/a\n", "integer"), ("-\n", "string"), ("a\n-\n", "string"),
    ])
    func `A column has the first type that all its cells are of`(cells: String, type: String) async throws {
        let (_, json, fixture) = try await Self.draft([
            "t.csv": Array("x,y\n".utf8) + Array(cells.replacing("\n", with: ",\n").utf8)
        ])
        #expect(Self.types(json).first == type)
        #expect(await fixture.validate().findings.allSatisfy { $0.rule == .rows || $0.rule == .numberSpace })
    }

    @Test(
        arguments: [
            ("sum\n(1.50)\n", #"t.csv: "sum" is treated as text: other readers do not accept numbers like (1.50)"#),
            ("day\n01/02/2024\n", #"t.csv: "day" is treated as text: its dates may"#),
            ("sum\n$1\n€1\n", #"t.csv: "sum" is treated as text: it contains several currencies"#),
            ("sum\n1.234\n12.500\n", #"t.csv: "sum" is treated as decimals"#),
            ("sum\n\"1,234\"\n", #"t.csv: "sum" is treated as thousands"#),
            ("sum\n€1.234\n€12.500\n", #"t.csv: "sum" is treated as decimals"#),
            ("sum;x\nNA;1\n5;2\nnd;3\n", #"t.csv: "sum": "NA", "nd" are treated as missing"#),
            ("sum ;x\n1;2\n", #"t.csv: the column name "sum " begins or ends with a space"#),
            ("sum;a;;\n1;2;;\n", "t.csv: columns 3, 4 without a name"),
            ("a,b,a\n1,2,3\n", #"t.csv: several columns are named "a""#),
            ("sep=;\nname;sum\nA;1,5\n", "t.csv: row 2 is used as the header"),
            ("Budget 2025\n\nyear,sum\n2025,5\n", "t.csv: row 3 is used as the header"),
            ("Budget 2025;;\nyear;sum;x\n2025;5;y\n", "t.csv: row 2 is used as the header"),
            ("day,x\n2024-01-31,1\n31.1.2024,2\n", #"t.csv: "day" is treated as text: its dates have several formats"#),
            ("sum;x\n 1 ;2\n", #"t.csv: "sum": there are spaces around its numbers"#),
            (
                "sum;x\n" + String(repeating: "1,50;a\n", count: 19) + "zirka 1;b\n",
                #"t.csv: "sum" is treated as text: 1 of its 20 cells is not a number, the first is "zirka 1""#
            ),
        ])
    func `What cannot be described as it is meant is told`(table: String, note: String) async throws {
        let (draft, _, _) = try await Self.draft(["t.csv": Array(table.utf8)])
        #expect(draft.notes.count == 1 && draft.notes[0].hasPrefix(note), "\(draft.notes)")
    }

    @Test func `Nothing is told of a table in which all is clear`() async throws {
        let (draft, _, _) = try await Self.draft([
            "t.csv": Array("code,name,sum\n01,Parks,1.234\n02,Roads,12.5\n".utf8)
        ])
        #expect(draft.notes.isEmpty, "\(draft.notes)")
    }

    @Test func `A column of decimals with a comma has its name for a header`() async throws {
        let (draft, json, _) = try await Self.draft(["t.csv": Array("sum\n1,5\n2,5\n".utf8)])
        let fields = json.object?["resources"]?.array?.first?.object?["schema"]?.object?["fields"]?.array ?? []
        #expect(fields.map { $0.object?["name"]?.string } == ["sum"] && draft.notes.isEmpty, "\(draft.notes)")
    }

    @Test func `What a draft says of ugly tables is what they hold`() async throws {
        let files: [String: [UInt8]] = [
            "a.csv": Array("sep=;\r\nday;sum\r\n31.12.2024;1.234,50 €\r\n1.2.2025;-7,25 €\r\n".utf8),
            "b.csv": [0xFF, 0xFE]
                + Array("name\tsum\nCafé\t1 234\n".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
            "c.csv": Array("name;sum;;\nA;1;;\nB;2;;\n".utf8), "d.csv": [],
            "g.csv": Array("Budget\n\nyear, sum\n2025, 5\n2026, -\n".utf8),
            "e.csv": Array("x;y;z\n1;2\n1;2;3\n1;2;3;4\n".utf8), "f.csv": Array("a;b;c".utf8),
        ]
        let (draft, json, fixture) = try await Self.draft(files)
        #expect(draft.tableCount == 6 && draft.notes.contains("d.csv is left out: it is empty"), "\(draft.notes)")
        #expect(Self.types(json, 0) == ["date", "number"])
        #expect(Self.types(json, 1) == ["string", "number"])
        #expect(Self.types(json, 2) == ["string", "integer"])
        #expect(Self.types(json, 3).count == 3)
        #expect(Self.types(json, 4).count == 3)
        let report = await fixture.validate()
        let errors = report.findings.filter { $0.severity == .error }.map { "\($0.rule.id) \($0.location.file)" }
        #expect(
            errors.sorted() == [
                "header-blank c.csv", "header-blank c.csv", "header-extra c.csv", "header-extra c.csv",
                "row-long e.csv", "row-short e.csv",
            ], "\(report.text)")
        let file = PackageFixtureDatabase()
        _ = try await Derivation(DirectorySource(fixture.directory), database: file.path, allowsInvalid: true).derive()
        #expect(try file.texts("SELECT day || ' ' || sum FROM draft__a") == ["2024-12-31 1234.5", "2025-02-01 -7.25"])
        #expect(try file.texts("SELECT name || ' ' || sum FROM draft__b") == ["Café 1234.0"])
        #expect(try file.texts("SELECT year || ' ' || coalesce(sum, 'none') FROM draft__g") == ["2025 5", "2026 none"])
    }

    @Test(
        arguments: [
            ("unit,unit_name,sum\n1,A,5\n2,B,6\n1,A,7\n", ["unit_name"]),
            ("unit_code,unit,sum\n1,A,5\n2,B,6\n", ["unit"]),
            ("unitCode,unitName,sum\n1,A,5\n2,B,6\n", ["unitName"]),
            ("Kode;Bezeichnung;Summe\n1;A;5\n2;B;6\n", ["Bezeichnung"]),
            ("código,descripción,sum\n1,A,5\n2,B,6\n", ["descripción"]),
            ("code,name_en,name_fr,sum\n1,A,B,5\n2,C,D,6\n", ["name_en", "name_fr"]),
            // One text missing is none that differs.
            ("unit,unit_name,sum\n1,,5\n2,B,6\n1,A,7\n", ["unit_name"]),
            // A code with two texts, one text for all, a number, and names that do not fit.
            ("unit,unit_name,sum\n1,A,5\n2,B,6\n1,C,7\n", []), ("unit,unit_name,sum\n1,A,5\n2,A,6\n", []),
            ("unit,unit_name,sum\n1,10,5\n2,20,6\n", []), ("unit,colour,sum\n1,A,5\n2,B,6\n", []),
            ("sum,sum description,unit\n1.5,A,x\n2.5,B,y\n", []),
        ] as [(String, [String])])
    func `A column is the label of a code if their names fit and each code has one text`(
        table: String, labels: [String]
    ) async throws {
        let (_, json, fixture) = try await Self.draft(["t.csv": Array(table.utf8)])
        let dimensions = json.object?["model"]?.object?["dimensions"]?.object?.members ?? []
        let attributes = dimensions.flatMap { $0.value.object?["attributes"]?.object?.members ?? [] }.map(\.value)
        let found = attributes.filter { $0.object?["labelfor"] != nil }.compactMap { $0.object?["source"]?.string }
        #expect(found.sorted() == labels)
        #expect(dimensions.isEmpty == table.hasPrefix("unit,unit_name,sum\n1,10"))
        let report = await fixture.validate()
        #expect(report.findings.isEmpty, "\(report.text)")
    }

    @Test func `Labels of a draft are found with their codes, and codes without end are not followed`() async throws {
        let many = (0..<10_001).map { "\($0),text \($0),1\n" }.joined()
        let (_, json, fixture) = try await Self.draft([
            "spending.csv": Array("unit,unit_name,sum\n7,Parks,1\n8,Roads,2\n7,Parks,3\n".utf8),
            "codes.csv": Array("code,label,note\n01,Executive,\n02,Transport,see 01\n".utf8),
            "many.csv": Array("code,label,sum\n\(many)".utf8),
        ])
        #expect("\(json)".split(separator: "labelfor").count == 2)
        #expect(await fixture.validate().findings.isEmpty)
        let file = PackageFixtureDatabase()
        _ = try await Derivation(DirectorySource(fixture.directory), database: file.path).derive()
        func search(_ word: String) throws -> [String] {
            try file.texts("SELECT coalesce(code, '?') FROM search WHERE search MATCH '\(word)'")
        }
        #expect(try search("parks") == ["7"])
        #expect(try search("transport") == ["02"])
    }

    @Test(arguments: [
        ("1.234,50;1.000,00", ["1234.5", "1000.0"]), ("€ 1.234,50;€ 7,25", ["1234.5", "7.25"]),
        ("1,234.50;2,000.75", ["1234.5", "2000.75"]), ("$1,234,567.5;$1", ["1234567.5", "1.0"]),
        ("-1.234.567,8;0,25", ["-1234567.8", "0.25"]), ("1'234.5;1'000", ["1234.5", "1000.0"]),
        ("1 234,5;12 345 678,9", ["1234.5", "12345678.9"]),
    ])
    func `Amounts with groups are what they say`(cells: String, amounts: [String]) async throws {
        let rows = cells.split(separator: ";").map { "x\t\($0)\n" }.joined()
        let (_, _, fixture) = try await Self.draft(["t.csv": Array("name\tamount\n\(rows)".utf8)])
        #expect(await fixture.validate().findings.isEmpty)
        let file = PackageFixtureDatabase()
        _ = try await Derivation(DirectorySource(fixture.directory), database: file.path).derive()
        #expect(try file.texts("SELECT amount FROM draft__t") == amounts)
    }

    @Test func `What is missing in one column is a text in another`() async throws {
        let text = "country,amount,day\nNA,1,2024-01-31\nDE,NA,nd\n"
        let (draft, json, fixture) = try await Self.draft(["t.csv": Array(text.utf8)])
        let schema = json.object?["resources"]?.array?.first?.object?["schema"]?.object
        #expect(schema?["missingValues"]?.strings == ["", "nd"])
        #expect(schema?["fields"]?.array?.map { $0.object?["missingValues"]?.strings } == [nil, ["", "NA"], nil])
        #expect(draft.notes.count == 2 && Self.types(json) == ["string", "integer", "date"], "\(draft.notes)")
        #expect(await fixture.validate().findings.isEmpty)
        let file = PackageFixtureDatabase()
        _ = try await Derivation(DirectorySource(fixture.directory), database: file.path).derive()
        #expect(try file.texts("SELECT country || coalesce(amount, '?') FROM draft__t") == ["NA1", "DE?"])
    }

    @Test(arguments: [
        ("Month", "3", false), ("month no", "12", false), ("Day care", "1250", true), ("latitude", "48.2", false),
        ("Footnotes", "2", false), ("Number of Days", "30", false), ("Anzahl", "3", false),
        ("Population", "9000", false),
        ("amount", "2024", true), ("Total year", "5000", true), ("Number of Staff", "7", false),
        ("Tax rate", "3", false),
    ])
    func `What counts something else than money is no measure`(
        name: String, cell: String, isMeasure: Bool
    ) async throws {
        let (draft, json, _) = try await Self.draft(["t.csv": Array("unit,\(name)\nParks,\(cell)\n".utf8)])
        #expect(draft.measures.isEmpty != isMeasure)
        #expect(Self.types(json)[1] != "string" || name == "month no")
    }

    @Test func `Numbers are read in the form that they are found in`() async throws {
        let (_, _, fixture) = try await Self.draft(["t.csv": Array("name;sum\nA;1.234,50\nB;-7,25\n".utf8)])
        let file = PackageFixtureDatabase()
        _ = try await Derivation(DirectorySource(fixture.directory), database: file.path).derive()
        #expect(try file.texts("SELECT sum FROM draft__t") == ["1234.5", "-7.25"])
    }

    @Test(arguments: [(";", 59), ("\t", 9), ("|", 124), (",", 44)] as [(String, UInt8)])
    func `The delimiter is the one that parts all rows alike`(delimiter: String, byte: UInt8) async throws {
        let text =
            ["a, b", "c", "d"].joined(separator: delimiter) + "\n"
            + ["\"x;y,z\"", "1", "2"].joined(separator: delimiter) + "\n"
        let (_, json, _) = try await Self.draft(["t.csv": Array(text.replacing("a, b", with: "a").utf8)])
        let found = json.object?["resources"]?.array?.first?.object?["dialect"]?.object?["delimiter"]?.string
        #expect(found == String(UnicodeScalar(byte)))
    }

    @Test func `What is not UTF-8 is taken for the encoding of Windows`() async throws {
        let (_, json, fixture) = try await Self.draft(["t.csv": Array("a,b\ncaf".utf8) + [0xE9] + Array(",1\n".utf8)])
        #expect(json.object?["resources"]?.array?.first?.object?["encoding"]?.string == "windows-1252")
        #expect(await fixture.validate().findings.isEmpty)
    }

    /// Pieces end within characters, and there is no line feed to wait for.
    @Test(arguments: [0, 1, 2, 3])
    func `A long text of lines that end with CR is seen to be UTF-8`(_ offset: Int) async throws {
        let text = "\(String(repeating: "n", count: offset + 1)),amount\r" + String(repeating: "😀ß,1\r", count: 200_000)
        let (_, json, _) = try await Self.draft(["long.csv": Array(text.utf8)])
        #expect(json.object?["resources"]?.array?.first?.object?["encoding"]?.string == "utf-8")
        let (_, wrong, _) = try await Self.draft(["long.csv": Array(text.utf8) + [0xC3]])
        #expect(wrong.object?["resources"]?.array?.first?.object?["encoding"]?.string == "windows-1252")
    }

    @Test func `Resources have names that are names, and each its own`() async throws {
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
