import Testing

@testable import CofferFiscal

/// Tables that are in several files, in the descriptor, or otherwise than the fixture's.
struct TableTests {
    private static func package(_ resource: String, _ files: [String: String] = [:]) throws -> PackageFixture {
        try PackageFixture(
            descriptor: #"{"name": "p", "resources": [\#(resource)]}"#, files: files.mapValues { Array($0.utf8) })
    }

    private static let schema =
        #""schema": {"fields": [{"name": "a", "type": "integer"}, {"name": "b"}], "primaryKey": "a"}"#

    private static func found(_ report: Report) -> [String] {
        report.findings.map { finding in
            "\(finding.rule.id) \(finding.location.file)"
                + (finding.location.row.map { " row \($0)" } ?? "")
                + (finding.location.line.map { " line \($0)" } ?? "")
        }
    }

    @Test func `A table in several files has one header, and its rows are told apart by their file`() async throws {
        let fixture = try Self.package(
            #"{"name": "r", "path": ["1.csv", "2.csv", "3.csv"], \#(Self.schema)}"#,
            ["1.csv": "a,b\n1,\"x\ny\"", "2.csv": "2,x\nc,x\n", "3.csv": "3,x\n1,x\n2,x\n"])
        let report = await fixture.validate()
        #expect(
            Self.found(report) == [
                "type 2.csv row 2 line 2", "primary-key 3.csv row 2 line 2", "primary-key 3.csv row 3 line 3",
            ])
        #expect(report.findings.map(\.message).filter { $0.hasPrefix("row") }.count == 2)
        #expect(report.files.map(\.rows) == [1, 2, 3])
    }

    @Test(arguments: [
        #"[["a", "b"], [1, "x"], [2, null]]"#, #"[{"a": 1, "b": "x"}, {"b": "y, \"z\"", "a": 2}]"#,
        #""a,b\n1,x\n2,y\n""#,
    ])
    func `A table may stand in the descriptor`(data: String) async throws {
        let report = await (try Self.package(#"{"name": "r", "data": \#(data), \#(Self.schema)}"#)).validate()
        #expect(report.findings.isEmpty, "\(report.text)")
    }

    @Test func `A table in the descriptor is looked at as others are`() async throws {
        let data = #"[["a", "b"], [1, "x"], ["one", "x"], [1, "y"]]"#
        let report = await (try Self.package(#"{"name": "r", "data": \#(data), \#(Self.schema)}"#)).validate()
        #expect(Self.found(report) == ["type datapackage.json row 3", "primary-key datapackage.json row 4"])
    }

    @Test func `Schemas and dialects may have files of their own`() async throws {
        let files = [
            "r.csv": "a;b\n1;x\n", "schema.json": #"{"fields": [{"name": "a", "type": "integer"}, {"name": "b"}]}"#,
            "meta/dialect.json": #"{"delimiter": ";"}"#,
        ]
        let resource = #"{"name": "r", "path": "r.csv", "schema": "schema.json", "dialect": "meta/dialect.json"}"#
        let report = await (try Self.package(resource, files)).validate()
        #expect(report.findings.isEmpty, "\(report.text)")
        var faulty = files
        faulty["schema.json"] =
            "{\n\"fields\": [{\"name\": \"a\", \"type\": \"integer\"},\n{\"name\": \"b\", \"type\": \"text\"}]}"
        #expect(Self.found(await (try Self.package(resource, faulty)).validate()) == ["field-type schema.json line 3"])
    }

    @Test(
        arguments: [
            ("exact", "a,b", []), ("exact", "b,a", ["header-order"]), ("exact", "a,b,c", ["header-extra"]),
            ("exact", "a", ["header-field-missing"]),
            ("exact", "a,c", ["header-name"]), ("exact", "A,b", []),
            ("equal", "b,a", []), ("equal", "a,b,c", ["header-extra"]), ("equal", "a", ["header-field-missing"]),
            ("equal", "a,c", ["header-extra", "header-field-missing"]),
            ("subset", "b,c,a", []), ("subset", "a,c", ["header-field-missing"]), ("superset", "b", []),
            ("superset", "a,c", ["header-extra"]),
            ("superset", "c", ["header-extra", "header-field-missing"]), ("partial", "c,b", []),
            ("partial", "c", ["header-field-missing"]),
        ] as [(String, String, [String])])
    func `A header is compared as fieldsMatch says`(match: String, header: String, rules: [String]) async throws {
        let schema = #""schema": {"fields": [{"name": "a"}, {"name": "b"}], "fieldsMatch": ["\#(match)"]}"#
        let row = header.split(separator: ",").map { _ in "1" }.joined(separator: ",")
        let report = await
            (try Self.package(
                #"{"name": "r", "path": "r.csv", \#(schema)}"#, ["r.csv": "\(header)\n\(row)\n"])).validate()
        #expect(report.findings.map(\.rule.id).sorted() == rules.sorted(), "\(report.text)")
    }

    @Test func `A header may be in another case, or not be there, if the dialect says so`() async throws {
        let files = ["r.csv": "A,B\n1,x\n"]
        let insensitive = #"{"name": "r", "path": "r.csv", "dialect": {"caseSensitiveHeader": false}, \#(Self.schema)}"#
        #expect(await (try Self.package(insensitive, files)).validate().findings.isEmpty)
        let none = #"{"name": "r", "path": "r.csv", "dialect": {"header": false}, \#(Self.schema)}"#
        #expect(Self.found(await (try Self.package(none, files)).validate()) == ["type r.csv row 1 line 1"])
    }

    @Test func `Rows before the header and rows of comments are passed over, and counted`() async throws {
        let dialect = #""dialect": {"headerRows": [3], "commentRows": [4]}"#
        let resource = #"{"name": "r", "path": ["1.csv", "2.csv"], \#(dialect), \#(Self.schema)}"#
        let rows = "Budget \"2025\"\n\na,b\nin euros\n1,x\n2,x\nc,x\n"
        let report = await (try Self.package(resource, ["1.csv": rows, "2.csv": "3,x\n1,x\n4,x\nnote\n5,x\n"]))
            .validate()
        #expect(Self.found(report) == ["type 1.csv row 7 line 7", "primary-key 2.csv row 2 line 2"], "\(report.text)")
        let empty = await (try Self.package(resource, ["1.csv": "a,b\n1,x\n", "2.csv": ""])).validate()
        #expect(Self.found(empty) == ["header-missing 2.csv line 1"], "\(empty.text)")
    }

    @Test func `A cell is missing if its text is one of those that say so`() async throws {
        let schema = """
            "schema": {"fields": [
              {"name": "a", "type": "integer", "constraints": {"required": true}}, {"name": "b", "type": "number", "missingValues": ["k.A."]}
            ], "missingValues": ["", "NA"]}, "dialect": {"nullSequence": "\\\\N"}
            """
        let rows = "a,b\n1,k.A.\nNA,1\n,1\n\\N,\\N\n1,NA\n"
        let report = await (try Self.package(#"{"name": "r", "path": "r.csv", \#(schema)}"#, ["r.csv": rows]))
            .validate()
        #expect(
            Self.found(report) == [
                "required r.csv row 3 line 3", "required r.csv row 4 line 4", "required r.csv row 5 line 5",
                "type r.csv row 6 line 6",
            ])
    }

    @Test func `Findings beyond the limit are counted, and the first are kept`() async throws {
        let rows = "a,b\n" + (0..<500).map { "x\($0),y\n" }.joined() + (0..<300).map { _ in "1,y\n" }.joined()
        let fixture = try Self.package(#"{"name": "r", "path": "r.csv", \#(Self.schema)}"#, ["r.csv": rows])
        let report = await fixture.validate(findingLimit: 3)
        #expect(report.counts == [.type: 500, .primaryKey: 299])
        #expect(report.findings.map(\.location.row) == [2, 3, 4, 503, 504, 505])
        #expect(report.errorCount == 799)
        #expect(report.text.contains("497 more findings of type"))
    }

    @Test func `Only the levels that are asked for are looked at`() async throws {
        let fixture = try FaultyPackage(.bytes, (#""bytes": 137"#, #""bytes": 1"#), (#""AT""#, #""x""#)).with {
            $0.files["data/cofog.csv"] = Array("code,label\n01.1\n07.4,a\n09.1,b\n".utf8)
        }.fixture()
        func rules(_ levels: Rule.Level...) async -> [Rule] {
            await fixture.validate(levels: Set(levels)).findings.map(\.rule)
        }
        #expect(await rules(.structure, .fiscal, .data, .integrity) == [.countryCode, .rowShort, .bytes])
        #expect(await rules(.fiscal) == [.countryCode])
        #expect(await rules(.data) == [.rowShort])
        #expect(await rules(.integrity) == [.bytes])
        #expect(await fixture.validate(levels: [.structure]).files.isEmpty)
    }

    @Test func `Descriptors of other encodings and dialects are read as they say`() async throws {
        let bytes: [UInt8] = Array("a;b\r\n1;caf".utf8) + [0xE9] + Array("\r\n".utf8)
        let fixture = try Self.package(
            #"{"name": "r", "path": "r.csv", "encoding": "iso-8859-1", "dialect": {"delimiter": ";"}, \#(Self.schema)}"#
        )
        try fixture.write(bytes, "r.csv")
        #expect(await fixture.validate().findings.isEmpty)
    }

    @Test func `Numbers of many digits are not taken for one another`() async throws {
        let rows = "a,b\n99999999999999999991,x\n99999999999999999992,x\n99999999999999999991,x\n"
        let report = await (try Self.package(#"{"name": "r", "path": "r.csv", \#(Self.schema)}"#, ["r.csv": rows]))
            .validate()
        #expect(Self.found(report) == ["primary-key r.csv row 4 line 4"])
    }

    @Test(
        arguments: [
            (#""type": "integer""#, #""maximum": 9007199254740992"#, ["9007199254740992", "9007199254740993"]),
            (#""type": "integer""#, #""maximum": 9007199254740993"#, ["9007199254740993", "9007199254740994"]),
            (#""type": "number""#, #""exclusiveMinimum": 0.1"#, ["0.10000000000000000001", "0.1"]),
            (#""type": "number""#, #""maximum": "1e400""#, ["1e400", "1.00000000000000000000001e400"]),
            (#""type": "number""#, #""maximum": 1, "exclusiveMaximum": 2"#, ["1", "1.5"]),
            (#""type": "number""#, #""minimum": 2, "exclusiveMinimum": 1"#, ["2", "1.5"]),
            (
                #""type": "number", "decimalChar": ",", "groupChar": ".""#, #""maximum": 1000.5"#,
                ["1.000,5", "1.000,51"]
            ),
            (#""type": "number", "decimalChar": ",", "groupChar": ".""#, #""maximum": "1.000""#, ["1000", "1.000,5"]),
            (#""type": "number""#, #""maximum": "INF""#, ["INF", "NaN"]),
            (#""type": "number", "bareNumber": false"#, #""minimum": 0.5"#, ["€.5", "€-.5"]),
            (#""type": "year""#, #""minimum": "2020""#, ["2020", "2019"]),
            (
                #""type": "datetime""#, #""maximum": "2024-01-01T00:00:00.000000001Z""#,
                ["2024-01-01T00:00:00.000000001Z", "2024-01-01T00:00:00.000000002Z"]
            ),
        ] as [(String, String, [String])])
    func `A bound is compared with all digits of a cell`(
        type: String, bound: String, cells: [String]
    ) async throws {
        let schema = #""schema": {"fields": [{"name": "a", \#(type), "constraints": {\#(bound)}}, {"name": "b"}]}"#
        let rows = "a;b\n" + cells.map { "\($0);x\n" }.joined()
        let resource = #"{"name": "r", "path": "r.csv", "dialect": {"delimiter": ";"}, \#(schema)}"#
        let report = await (try Self.package(resource, ["r.csv": rows])).validate()
        #expect(report.findings.map(\.location.row) == [3], "\(report.text)")
        #expect([.minimum, .maximum].contains(report.findings.first?.rule), "\(report.text)")
    }

    @Test func `An enumeration has numbers as JSON writes them, and texts as the cells are written`() async throws {
        let field = #"{"name": "a", "type": "number", "decimalChar": ",", "constraints": {"enum": [1.5, "2,5"]}}"#
        let resource =
            #"{"name": "r", "path": "r.csv", "dialect": {"delimiter": ";"}, "schema": {"fields": [\#(field)]}}"#
        let report = await (try Self.package(resource, ["r.csv": "a\n1,5\n2,5\n3,5\n"])).validate()
        #expect(Self.found(report) == ["enum r.csv row 4 line 4"], "\(report.text)")
    }

    @Test func `Numbers that stand in the descriptor keep their digits`() async throws {
        let schema =
            #""schema": {"fields": [{"name": "a", "type": "integer", "constraints": {"enum": [9007199254740993, 1.0]}}]}"#
        let data = "[[\"a\"], [9007199254740993], [9007199254740992], [1]]"
        let report = await (try Self.package(#"{"name": "r", "data": \#(data), \#(schema)}"#)).validate()
        #expect(Self.found(report) == ["enum datapackage.json row 3"], "\(report.text)")
    }

    @Test(arguments: [
        (#""a;b\n1;x""#, #"{"delimiter": ";"}"#), (#"[[1, "x"]]"#, #"{"header": false, "delimiter": ";"}"#),
        (#"[{"a": 1, "b": "x"}]"#, #"{"header": false, "quoteChar": "'"}"#),
        (#"[["a", "b"], ["-", "x"]]"#, #"{"nullSequence": "-", "delimiter": "|"}"#),
    ])
    func `A text in the descriptor is read by its dialect, and other data as it is`(
        data: String, dialect: String
    ) async throws {
        let resource = #"{"name": "r", "data": \#(data), "dialect": \#(dialect), \#(Self.schema)}"#
        let report = await (try Self.package(resource)).validate()
        let expected = data.contains("-") ? ["primary-key datapackage.json row 2"] : []
        #expect(Self.found(report) == expected, "\(report.text)")
    }

    @Test func `Thousands of missing values are each one`() async throws {
        let texts = (0..<5000).map { "\"n\($0)\"" }.joined(separator: ",")
        let schema = #""schema": {"fields": [{"name": "a", "type": "integer"}], "missingValues": [\#(texts)]}"#
        let rows = "a\n" + (0..<5000).map { "n\($0)\n" }.joined() + "n5000\nn\n"
        let report = await (try Self.package(#"{"name": "r", "path": "r.csv", \#(schema)}"#, ["r.csv": rows]))
            .validate()
        #expect(report.findings.map(\.location.row) == [5002, 5003], "\(report.text)")
    }

    @Test func `A table may refer to itself`() async throws {
        let schema = """
            "schema": {"fields": [{"name": "code"}, {"name": "parent"}], "primaryKey": "code",
              "foreignKeys": [{"fields": "parent", "reference": {"resource": "", "fields": "code"}}]}
            """
        let rows = "code,parent\n01,\n01.1,01\n01.2,02\n"
        let report = await (try Self.package(#"{"name": "r", "path": "r.csv", \#(schema)}"#, ["r.csv": rows]))
            .validate()
        #expect(Self.found(report) == ["foreign-key-missing r.csv row 4 line 4"])
    }

    @Test(
        arguments: [
            (#""path": "r.txt", "profile": "tabular-data-resource""#, "a,b\nx,1\n", ["type"]),
            (#""path": "r.txt", "type": "table""#, "a,b\nx,1\n", ["type"]),
            (#""path": "r", "format": "csv""#, "a,b\nx,1\n", ["type"]),
            (#""path": "r.txt", "mediatype": "text/csv""#, "a,b\nx,1\n", ["type"]),
            (#""path": "r.txt", "format": "tsv""#, "a\tb\nx\t1\n", ["type"]),
            (#""path": "r.dat", "mediatype": "text/tab-separated-values""#, "a\tb\nx\t1\n", ["type"]),
            (#""path": "r.tsv""#, "a\tb\nx\t1\n", ["type"]),
            (#""path": "r.CSV""#, "a,b\nx,1\n", ["type"]), (#""path": "r.txt""#, "a,b\nx,1\n", ["type"]),
            (#""path": "r.xlsx", "profile": "tabular-data-resource""#, "PK", ["file-kind"]),
            (#""path": "r.txt", "format": "parquet""#, "PAR1", ["resource-unread"]),
            (#""data": [1, 2]"#, "", ["resource-unread"]), (#""data": {"a": 1}"#, "", ["resource-unread"]),
        ] as [(String, String, [String])])
    func `What a resource is follows from what it says, and from its file's name`(
        properties: String, text: String, rules: [String]
    ) async throws {
        let name =
            ["r.txt", "r.dat", "r.tsv", "r.CSV", "r.xlsx", "r"].first { properties.contains("\"\($0)\"") } ?? "none"
        let report = await (try Self.package(#"{"name": "r", \#(properties), \#(Self.schema)}"#, [name: text]))
            .validate()
        #expect(report.findings.map(\.rule.id) == rules, "\(report.text)")
    }
}
