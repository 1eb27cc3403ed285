import FoundationEssentials
import Testing

@testable import CofferFiscal

struct DerivationTests {
    private let file = PackageFixtureDatabase()

    private func derive(
        _ fixture: PackageFixture, replaces: Bool = false, allowsInvalid: Bool = false
    ) async throws -> Derivation.Summary {
        try await Derivation(
            DirectorySource(fixture.directory), database: file.path, replaces: replaces, allowsInvalid: allowsInvalid
        ).derive()
    }

    @Test func `A package of a name that another one has is refused, unless it takes its place`() async throws {
        let (first, second) = (try PackageFixture(), try PackageFixture())
        _ = try await derive(first)
        let error = await #expect(throws: PackageError.self) { try await derive(second) }
        #expect(error?.description.contains(first.directory) == true)
        _ = try await derive(second, replaces: true)
        _ = try await derive(second)
        #expect(try file.texts("SELECT location FROM packages") == [second.directory])
    }

    @Test func `Tables have the types of their schema, and measures their factor`() async throws {
        let summary = try await derive(try PackageFixture())
        #expect(summary.tables.map(\.name) == ["village__budget", "village__cofog"])
        #expect(summary.tables.map(\.rows) == [4, 3])
        #expect(
            try file.texts("SELECT group_concat(name || ' ' || type, ', ') FROM pragma_table_info('village__budget')")
                == ["id INTEGER, year INTEGER, cofog TEXT, title TEXT, amount REAL"])
        #expect(
            try file.texts("SELECT amount FROM village__budget ORDER BY id") == ["12500.0", "30000.0", "", "10000.0"])
        #expect(try file.texts("SELECT sum(amount) FROM village__budget") == ["52500.0"])
        #expect(try file.texts("SELECT id FROM village__budget WHERE amount IS NULL AND cofog IS NOT NULL") == ["3"])
        #expect(
            try file.texts("SELECT typeof(id) || typeof(year) || typeof(title) FROM village__budget WHERE id = 2")
                == ["integerintegertext"])
        #expect(try file.texts("SELECT title FROM village__budget WHERE id = 2") == [#"Surgery, and "nurse""#])
    }

    @Test func `The catalog tells of packages, columns, measures and dimensions`() async throws {
        _ = try await derive(try PackageFixture())
        #expect(
            try file.texts("SELECT title || country || fiscal_start || fiscal_end FROM packages")
                == ["Budget of a villageAT2025-01-012025-12-31"])
        #expect(
            try file.texts("SELECT name || column_name || currency || factor || direction || phase FROM measures")
                == ["amountamountEUR1000.0expenditureapproved"])
        #expect(
            try file.texts(
                "SELECT name || is_key || coalesce(table_name || column_name, constant) || coalesce(label_for, parent, '') "
                    + "FROM attributes WHERE dimension = 'function' ORDER BY name")
                == ["code1village__cofogcodedivision", "division0all", "label0village__cofoglabelcode"])
        #expect(try file.texts("SELECT column_type FROM columns WHERE field = 'amount'") == ["value"])
    }

    @Test func `Titles and labels are found, with the code of a label`() async throws {
        _ = try await derive(try PackageFixture())
        func search(_ words: String) throws -> [String] {
            try file.texts(
                "SELECT kind || ':' || coalesce(column_name || '=' || code, text) FROM search WHERE search MATCH '\(words)'"
            )
        }
        #expect(try search("village") == ["package:Budget of a village"])
        #expect(try search("health") == ["label:label=07.4"])
        #expect(try search("EDUCATION") == ["label:label=09.1"])
        #expect(try search("mayor").isEmpty)
    }

    @Test func `What did not change is not read again`() async throws {
        let fixture = try PackageFixture()
        _ = try await derive(fixture)
        #expect(try await derive(fixture).tables.map(\.rows) == [nil, nil])
        try fixture.write(Array((PackageFixture.cofog + "10.1,Sickness\n").utf8), "data/cofog.csv")
        #expect(try await derive(fixture).tables.map(\.rows) == [nil, 4])
        #expect(try file.texts("SELECT code FROM search WHERE search MATCH 'sickness'") == ["10.1"])
        #expect(try file.texts("SELECT count(*) FROM search WHERE search MATCH 'health'") == ["1"])
        let descriptor = PackageFixture.descriptor.replacing(#""factor": 1000"#, with: #""factor": 10"#)
        try fixture.write(Array(descriptor.utf8), "datapackage.json")
        #expect(try await derive(fixture).tables.map(\.rows) == [4, 4])
        #expect(try file.texts("SELECT sum(amount) FROM village__budget") == ["525.0"])
        #expect(try file.texts("SELECT count(*) FROM search WHERE kind = 'package'") == ["1"])
    }

    @Test func `A table that the package has no more is removed`() async throws {
        let fixture = try PackageFixture()
        _ = try await derive(fixture)
        let descriptor =
            #"{"name": "village", "resources": [{"name": "cofog", "path": "data/cofog.csv", "schema": {"fields": [{"name": "code"}, {"name": "label"}]}}]}"#
        try fixture.write(Array(descriptor.utf8), "datapackage.json")
        #expect(try await derive(fixture).removed == ["budget"])
        #expect(try file.texts("SELECT name FROM sqlite_schema WHERE name LIKE 'village%'") == ["village__cofog"])
        #expect(
            try file.texts("SELECT count(*) FROM measures UNION ALL SELECT count(*) FROM attributes") == ["0", "0"])
    }

    @Test func `Several packages have tables side by side, also where their names are alike`() async throws {
        _ = try await derive(try PackageFixture())
        for name in ["vil.lage", "vil-lage"] {
            let descriptor = PackageFixture.descriptor.replacing(#""name": "village""#, with: "\"name\": \"\(name)\"")
            _ = try await derive(try PackageFixture(descriptor: descriptor))
        }
        #expect(
            try file.texts("SELECT table_name FROM resources WHERE name = 'budget' ORDER BY table_name")
                == ["vil_lage__budget", "vil_lage__budget_2", "village__budget"])
        #expect(try file.texts("SELECT count(*) FROM search WHERE search MATCH 'village'") == ["3"])
    }

    @Test(arguments: ["sqlite", "SQLite.x", "search", "9"])
    func `No package's name keeps it from having tables`(name: String) async throws {
        let descriptor = PackageFixture.descriptor.replacing(#""name": "village""#, with: "\"name\": \"\(name)\"")
        let fixture = try PackageFixture(descriptor: descriptor)
        let tables = try await derive(fixture, allowsInvalid: true).tables.map(\.name)
        #expect(try file.texts("SELECT count(*) FROM \(tables[0])") == ["4"])
    }

    @Test func `A table keeps its name when its rows are read again`() async throws {
        // Both tables would be called the same; the second one has a number.
        for (package, resource) in [("a", "b__c"), ("a__b", "c")] {
            _ = try await derive(try Self.table(package, resource, rows: 1), allowsInvalid: true)
        }
        _ = try await derive(try Self.table("a", "other", rows: 1), replaces: true, allowsInvalid: true)
        _ = try await derive(try Self.table("a__b", "c", rows: 2), replaces: true, allowsInvalid: true)
        #expect(try file.texts("SELECT table_name FROM resources WHERE package = 'a__b'") == ["a__b__c_2"])
        #expect(try file.texts("SELECT table_name FROM measures WHERE package = 'a__b'") == ["a__b__c_2"])
        #expect(try file.texts("SELECT count(*) FROM a__b__c_2") == ["2"])
    }

    private static func table(_ package: String, _ resource: String, rows: Int) throws -> PackageFixture {
        let descriptor = """
            {"name": "\(package)", "resources": [{"name": "\(resource)", "path": "t.csv",
              "schema": {"fields": [{"name": "amount", "type": "number"}]}}],
             "model": {"measures": {"amount": {"source": "amount", "currency": "EUR"}}, "dimensions": {}}}
            """
        let text = "amount\n" + String(repeating: "1\n", count: rows)
        return try PackageFixture(descriptor: descriptor, files: ["t.csv": Array(text.utf8)])
    }

    @Test func `A package with errors is refused, and the database stays as it was`() async throws {
        let good = try PackageFixture()
        _ = try await derive(good)
        try good.write(
            Array(
                "id,year,cofog,title,amount\n1,2025,01.1,Mayor,much\n2,2025,01.1,Clerk,3 thousand\n3,2025,01.1,Guard,5\n"
                    .utf8),
            "data/budget.csv")
        let error = await #expect(throws: PackageError.self) { try await derive(good) }
        guard case .invalid(let report) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(report.findings.map(\.rule) == [.type, .type])
        #expect(try file.texts("SELECT count(*) FROM village__budget") == ["4"])
        let summary = try await derive(good, allowsInvalid: true)
        #expect(summary.tables.map(\.untypedCells) == [2, 0])
        #expect(try file.texts("SELECT typeof(amount) FROM village__budget ORDER BY id") == ["null", "null", "real"])
        #expect(try file.texts("SELECT count(amount) FROM village__budget WHERE amount > 3") == ["1"])
    }

    @Test(arguments: ["CREATE TABLE mine (a)", "PRAGMA application_id = 7"])
    func `A database that is none of ours is left as it is`(sql: String) async throws {
        let other = try DerivedDatabase(path: file.path)
        try other.execute("PRAGMA application_id = 0")
        try other.execute(sql)
        let before = try Data(contentsOf: URL(fileURLWithPath: file.path))
        await #expect(throws: PackageError.self) { try await derive(try PackageFixture()) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == before)
    }

    @Test func `Columns that are normalized become rows, and constants columns`() async throws {
        let descriptor = """
            {"name": "wide", "resources": [{"name": "t", "path": "t.csv", "schema": {
              "fields": [
                {"name": "unit", "type": "string", "columnType": "administrative-classification:generic:code"},
                {"name": "planned", "type": "number", "columnType": "value", "normalize": {"phase": "approved", "year": 2024}},
                {"name": "spent", "type": "number", "columnType": "value", "normalize": {"phase": "executed", "year": 2025}}
              ],
              "extraFields": [
                {"name": "phase", "type": "string", "columnType": "phase:id", "normalizationTarget": true},
                {"name": "year", "type": "integer", "columnType": "date:fiscal-year", "normalizationTarget": true},
                {"name": "amount", "type": "number", "columnType": "value", "normalizationTarget": true},
                {"name": "currency", "type": "string", "columnType": "value-currency:code", "constant": "EUR"}
              ]}}]}
            """
        let fixture = try PackageFixture(
            descriptor: descriptor, files: ["t.csv": Array("unit,planned,spent\nA,1,2.5\nB,,4\n".utf8)])
        #expect(await fixture.validate().findings.isEmpty)
        let summary = try await derive(fixture)
        #expect(summary.tables.map(\.rows) == [4])
        #expect(
            try file.texts("SELECT unit || phase || year || coalesce(amount, 'NULL') || currency FROM wide__t")
                == ["Aapproved20241.0EUR", "Aexecuted20252.5EUR", "Bapproved2024NULLEUR", "Bexecuted20254.0EUR"])
        #expect(try file.texts("SELECT typeof(year) FROM wide__t LIMIT 1") == ["integer"])
    }

    @Test func `Labels are found by the package's own column types, and constants are what their type says`()
        async throws
    {
        let descriptor = """
            {"name": "own", "columnTypes": [{"name": "ward:code"}, {"name": "ward:name", "labelOf": "ward:code"}],
             "resources": [{"name": "t", "path": "t.csv", "schema": {
              "fields": [
                {"name": "ward", "type": "string", "columnType": "ward:code"},
                {"name": "called", "type": "string", "columnType": "ward:name"},
                {"name": "amount", "type": "number", "columnType": "value"}
              ],
              "extraFields": [
                {"name": "a", "type": "boolean", "constant": "unknown"}, {"name": "b", "type": "boolean", "constant": false},
                {"name": "c", "type": "number", "constant": "0x10"}, {"name": "d", "type": "number", "constant": 0.5}
              ]}}]}
            """
        let fixture = try PackageFixture(
            descriptor: descriptor, files: ["t.csv": Array("ward,called,amount\nN,North side,1\n".utf8)])
        #expect(await fixture.validate().findings.isEmpty)
        _ = try await derive(fixture)
        #expect(try file.texts("SELECT code || text FROM search WHERE search MATCH 'north'") == ["NNorth side"])
        #expect(try file.texts("SELECT a || b || c || d FROM own__t") == ["unknown00x100.5"])
    }

    @Test func `Two measures of one column have a column each where their factors differ`() async throws {
        let descriptor = PackageFixture.descriptor.replacing(
            #""measures": {"#,
            with: #""measures": {"cents": {"source": "amount", "currency": "EUR", "factor": 100000},"#)
        _ = try await derive(try PackageFixture(descriptor: descriptor))
        #expect(
            try file.texts("SELECT name || ' ' || column_name FROM measures ORDER BY name") == [
                "amount amount 2", "cents amount",
            ])
        #expect(
            try file.texts("SELECT \"amount\" || ' ' || \"amount 2\" FROM village__budget WHERE id = 1") == [
                "1250000.0 12500.0"
            ])
    }

    @Test func `Texts of a plain table are found, unless they are too many to be labels`() async throws {
        let fields = #"{"name": "code"}, {"name": "kind", "type": "string"}, {"name": "note", "type": "string"}"#
        let descriptor =
            #"{"name": "plain", "resources": [{"name": "t", "path": "t.csv", "schema": {"fields": [\#(fields)], "primaryKey": "code"}}]}"#
        let rows = (0...50_000).map { "\($0),kind\($0 % 10),note\($0)\n" }.joined()
        let fixture = try PackageFixture(
            descriptor: descriptor, files: ["t.csv": Array("code,kind,note\n\(rows)".utf8)])
        _ = try await derive(fixture)
        #expect(try file.texts("SELECT count(DISTINCT text) FROM search WHERE column_name = 'kind'") == ["10"])
        #expect(try file.texts("SELECT count(*) FROM search WHERE search MATCH 'note7'") == ["0"])
    }
}

/// What SQLite has no tables for, and what only looks so.
struct DerivationLimitTests {
    private let file = PackageFixtureDatabase()

    private func derive(_ descriptor: String, _ table: String) async throws -> Derivation.Summary {
        let fixture = try PackageFixture(descriptor: descriptor, files: ["t.csv": Array(table.utf8)])
        return try await Derivation(DirectorySource(fixture.directory), database: file.path, allowsInvalid: true)
            .derive()
    }

    private static func descriptor(_ names: [String], resources: Int = 1) -> String {
        let fields = names.map { "{\"name\": \"\($0)\"}" }.joined(separator: ",")
        let resource = "{\"name\": \"wide\", \"path\": \"t.csv\", \"schema\": {\"fields\": [\(fields)]}}"
        let all = Array(repeating: resource, count: resources).joined(separator: ",")
        return "{\"name\": \"p\", \"resources\": [\(all)]}"
    }

    private func refusal(_ descriptor: String) async throws -> String {
        let error = await #expect(throws: PackageError.self) { try await derive(descriptor, "") }
        guard case .table = error else { return "\(String(describing: error))" }
        return error?.description ?? ""
    }

    @Test func `A table of too many columns is refused by its name`() async throws {
        let text = try await refusal(Self.descriptor((0..<2001).map { "f\($0)" }))
        #expect(text.contains(#"the resource "wide": it has 2001 columns"#) && text.contains("2000"), "\(text)")
        let summary = try await derive(Self.descriptor((0..<2000).map { "f\($0)" }), "")
        #expect(summary.tables.count == 1)
    }

    @Test func `A NUL in a field's name and a second resource of a name are refused`() async throws {
        let nul = try await refusal(Self.descriptor(["a", #"b\u0000c"#]))
        #expect(nul.hasPrefix(#"the resource "wide", field "b\u0000c": "#), "\(nul)")
        let twice = try await refusal(Self.descriptor(["a"], resources: 2))
        #expect(twice.hasPrefix(#"the resource "wide": another resource has this name"#), "\(twice)")
    }

    @Test func `Every other name makes a column, also one that SQLite has a meaning for`() async throws {
        let names = ["a", "A", "", "rowid", "select", "ROWID", "_rowid_", #"x\"y"#, "sqlite_a", "é", "É"]
        _ = try await derive(Self.descriptor(names), names.map { "\"\($0)\"" }.joined(separator: ",") + "\n")
        #expect(
            try file.texts("SELECT name FROM pragma_table_info('p__wide')") == [
                "a", "A 2", "field-3", "rowid", "select", "ROWID 2", "_rowid_", #"x"y"#, "sqlite_a", "é", "É 2",
            ])
    }

    @Test func `A package is removed whose name has a NUL, and nobody else's tables are`() async throws {
        let odd = Self.descriptor(["a"]).replacing("\"p\"", with: #""p\u0000q""#)
        _ = try await derive(odd, "a\n1\n")
        _ = try await derive(Self.descriptor(["a"]), "a\n1\n")
        #expect(try await Removal("p\0q", database: file.path).remove() == ["p_q__wide"])
        #expect(try file.texts("SELECT table_name FROM resources") == ["p__wide"])
        let error = await #expect(throws: PackageError.self) {
            try await Removal("p\0q", database: file.path).remove()
        }
        #expect(error?.description.hasSuffix(#"it contains "p""#) == true)
    }
}
