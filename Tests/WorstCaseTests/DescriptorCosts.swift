import CofferModel
import Testing

@testable import CofferFiscal

/// Descriptors of packages, with the tables that stand in them.
@Suite(.serialized) struct DescriptorWorstCases {
    /// The largest descriptor.
    private static let size = DescriptorLoader.byteCount / WorstCase.share
    /// The most values, two bytes each.
    private static let valueCount = (DescriptorDocument.valueLimit - 1000) / WorstCase.share

    /// Reads a descriptor, and checks the tables that stand in it.
    private static func read(_ document: [UInt8]) throws {
        let value = try JSONValue(document: document, valueLimit: DescriptorDocument.valueLimit)
        var reader = DescriptorReader(
            DescriptorDocument(file: "f", bytes: document, value: value), references: [:],
            findings: Findings(limit: 100))
        reader.read()
        let tables = reader.package.resources.filter { $0.isTable && $0.isReadable }
        let keys = PackageKeys(tables)
        for resource in tables {
            guard case .inline(let node) = resource.content else { continue }
            let table = InlineTable(node, fields: resource.schema?.fields.map(\.name) ?? [], resource.dialect)
            guard let text = table.text else { continue }
            var checker = TableChecker(resource, keys: keys.keys(of: resource), findings: Findings(limit: 100))
            checker.beginInline()
            _ = TableReader.read(inline: text, table.dialect) { checker.take($0) }
            checker.finish()
        }
    }

    private static func descriptor(_ fields: String, _ more: String = "") -> String {
        #"{"name":"p","resources":[{"name":"t","path":"t.csv","schema":{"fields":[\#(fields){}]\#(more)}}]}"#
    }

    /// As many items as there may be values, or as fit into a descriptor.
    private static func many(_ values: Int, _ make: (Int) -> String) -> String {
        var (text, index) = ("", 0)
        while index < valueCount / values, text.utf8.count < size - 2000 {
            text += make(index)
            index += 1
        }
        return text
    }

    private static func many(_ values: Int, _ text: String) -> String { many(values) { _ in text } }
    private static func many(_ text: String) -> String { many(1) { _ in text } }

    /// A table with a foreign key to the one before it.
    private static func referring(_ index: Int) -> String {
        let reference = "{\"resource\":\"t\(index - 1)\",\"fields\":[\"a\"]}"
        return "{\"name\":\"t\(index)\",\"schema\":{\"fields\":[{\"name\":\"a\"}],"
            + "\"foreignKeys\":[{\"fields\":\"a\",\"reference\":\(reference)}]}},"
    }

    private static let lists: [(String, @Sendable () -> String)] = [
        ("numbers", { "{\"a\":[\(many("0,"))0]}" }), ("objects", { "{\"a\":[\(many("{},"))0]}" }),
        ("small objects", { "{\"a\":[\(many(2, "{\"a\":0},"))0]}" }),
        ("small arrays", { "{\"a\":[\(many(2, "[0],"))0]}" }),
        ("strings", { "{\"a\":[\(many("\"abcdefg\","))0]}" }),
        ("members", { "{\(many(1) { "\"a\($0)\":0," })\"b\":0}" }),
        ("deep", { "{\"a\":[\(many(30, fill(30, "[") + fill(30, "]") + ","))0]}" }),
        ("deep objects", { "{\"a\":[\(many(29, fill(29 * 5, "{\"a\":") + "0" + fill(29, "}") + ","))0]}" }),
        ("licenses", { "{\"licenses\":[\(many("{},"))0]}" }), ("no licenses", { "{\"licenses\":[\(many("0,"))0]}" }),
        ("countries", { "{\"countryCode\":[\(many("\"a\","))\"b\"]}" }),
        ("marks", { "{\"resources\":[{\"name\":\"\(fill(size - 100, "a" + fill(120, marks)))\"}]}" }),
        ("letters of three bytes", { "{\"resources\":[{\"name\":\"\(fill(size - 100, "ก"))\"}]}" }),
        ("escapes", { "{\"resources\":[{\"name\":\"\(fill(size - 100, "\\u0301a"))\"}]}" }),
        ("line ends", { "{\"resources\":[\(fill(size - 5000, "\n"))\(fill(1000, "0,"))0]}" }),
    ]

    private static let resources: [(String, @Sendable () -> String)] = [
        ("resources", { "{\"resources\":[\(many("{},"))0]}" }),
        ("resources of nothing", { "{\"resources\":[\(many("0,"))0]}" }),
        ("resources of one name", { "{\"resources\":[\(many(3, "{\"name\":\"a\",\"path\":\"a\"},"))0]}" }),
        (
            "tables of one field",
            {
                "{\"resources\":[\(many(6) { "{\"name\":\"a\($0)\",\"path\":\"a.csv\",\"schema\":{\"fields\":[{\"name\":\"a\"}]}}," })0]}"
            }
        ),
        ("a resource of many members", { "{\"resources\":[{\(many(1) { "\"a\($0)\":0," })\"b\":0}]}" }),
        ("dialects", { "{\"resources\":[\(many(3, "{\"dialect\":{\"a\":0}},"))0]}" }),
        ("wrong dialects", { "{\"resources\":[\(many(3, "{\"dialect\":{\"delimiter\":0}},"))0]}" }),
        ("hashes", { "{\"resources\":[\(many(2, "{\"hash\":\"sha256:\(fill(64, "a"))\"},"))0]}" }),
        ("a long hash", { "{\"resources\":[{\"hash\":\"\(fill(size - 200, "a"))\"}]}" }),
        ("a long media type", { "{\"resources\":[{\"mediatype\":\"\(fill(size - 200, "/"))\"}]}" }),
        ("encodings", { "{\"resources\":[\(many(2) { "{\"encoding\":\"windows-\($0)\"}," })0]}" }),
        ("a long encoding", { "{\"resources\":[{\"encoding\":\"\(fill(size - 200, "Ä"))\"}]}" }),
        ("paths", { "{\"resources\":[{\"name\":\"t\",\"path\":[\(many("\"a\","))\"b\"]}]}" }),
        (
            "paths that are encoded again and again",
            { "{\"resources\":[{\"path\":[\(many("\"%\(fill(1000, "25"))41\","))\"b\"]}]}" }
        ),
        ("paths that are encoded", { "{\"resources\":[{\"path\":[\(many("\"\(fill(1000, "%41"))\","))\"b\"]}]}" }),
        ("paths of slashes", { "{\"resources\":[{\"path\":[\(many("\"\(fill(1000, "a/"))a\","))\"b\"]}]}" }),
        ("URLs", { "{\"resources\":[{\"path\":[\(many("\"http://a\","))\"http:b\"]}]}" }),
        ("a long path", { "{\"resources\":[{\"path\":\"\(fill(size - 200, "a:"))\"}]}" }),
        (
            "missing values",
            { "{\"resources\":[{\"schema\":{\"missingValues\":[\(many("\"a\","))0],\"fields\":[{}]}}]}" }
        ),
        (
            "keys",
            {
                "{\"resources\":[{\"name\":\"t\",\"schema\":{\"fields\":[{\"name\":\"a\"}],\"uniqueKeys\":[\(many("\"a\","))0]}}]}"
            }
        ),
        (
            "a key of many fields",
            {
                "{\"resources\":[{\"name\":\"t\",\"schema\":{\"fields\":[{\"name\":\"a\"}],\"primaryKey\":[\(many("\"a\","))\"b\"]}}]}"
            }
        ),
        (
            "foreign keys",
            {
                let key = "{\"fields\":\"a\",\"reference\":{\"resource\":\"t\",\"fields\":\"a\"}},"
                return
                    "{\"resources\":[{\"name\":\"t\",\"schema\":{\"fields\":[{\"name\":\"a\"}],\"foreignKeys\":[\(many(5, key))0]}}]}"
            }
        ),
        (
            "foreign keys of each table to the one before",
            { "{\"resources\":[\(many(12, referring))0]}" }
        ),
    ]

    private static let fields: [(String, @Sendable () -> String)] = [
        ("fields", { descriptor(many("{},")) }), ("fields of nothing", { descriptor(many("0,")) }),
        ("fields of one name", { descriptor(many(2, "{\"name\":\"a\"},")) }),
        ("fields of their own names", { descriptor(many(2) { "{\"name\":\"a\($0)\"}," }) }),
        ("fields of marks", { descriptor(many(2) { "{\"name\":\"\($0)a\(fill(120, marks))\"}," }) }),
        (
            "numbers' fields",
            {
                descriptor(
                    many(5) { "{\"name\":\"a\($0)\",\"type\":\"number\",\"decimalChar\":\",\",\"groupChar\":\" \"}," })
            }
        ),
        ("booleans' fields", { descriptor(many(3, "{\"type\":\"boolean\",\"trueValues\":\"a\"},")) }),
        ("dates' fields", { descriptor(many(3, "{\"type\":\"date\",\"format\":\"\(fill(1000, "%Y"))\"},")) }),
        ("fields of no type", { descriptor(many(2, "{\"type\":\"a\"},")) }),
        ("a field of many members", { descriptor("{\(many(1) { "\"a\($0)\":0," })\"b\":0},") }),
        ("an enumeration", { descriptor("{\"name\":\"a\",\"constraints\":{\"enum\":[\(many("0,"))0]}},") }),
        (
            "an enumeration of numbers",
            { descriptor("{\"type\":\"number\",\"constraints\":{\"enum\":[\(many(1) { "\($0).5," })0]}},") }
        ),
        (
            "an enumeration of texts",
            { descriptor("{\"type\":\"string\",\"constraints\":{\"enum\":[\(many(1) { "\"\($0)\"," })0]}},") }
        ),
        (
            "an enumeration of nothing",
            { descriptor("{\"type\":\"date\",\"constraints\":{\"enum\":[\(many("0,"))0]}},") }
        ),
        ("bounds", { descriptor(many(4, "{\"type\":\"number\",\"constraints\":{\"minimum\":1e5}},")) }),
        (
            "a long bound",
            { descriptor("{\"type\":\"number\",\"constraints\":{\"minimum\":\(fill(size - 1000, "9"))}},") }
        ),
        ("constraints", { descriptor("{\"constraints\":{\(many(1) { "\"a\($0)\":0," })\"b\":0}},") }),
        (
            "patterns",
            { descriptor(many(4) { "{\"type\":\"string\",\"constraints\":{\"pattern\":\"\($0)(a?){900}\"}}," }) }
        ),
        (
            "long patterns",
            { descriptor(many(4, "{\"type\":\"string\",\"constraints\":{\"pattern\":\"\(fill(1000, "a?"))\"}},")) }
        ),
        (
            "patterns of quantifiers",
            { descriptor(many(4, "{\"type\":\"string\",\"constraints\":{\"pattern\":\"a\(fill(1000, "*"))\"}},")) }
        ),
        (
            "patterns of alternatives",
            { descriptor(many(4, "{\"type\":\"string\",\"constraints\":{\"pattern\":\"\(fill(1000, "(b|"))\"}},")) }
        ),
        ("normalized fields", { descriptor("{\"normalize\":{\(many(1) { "\"a\($0)\":0," })\"b\":0}},") }),
        ("extra fields", { descriptor("", ",\"extraFields\":[\(many(3, "{\"name\":\"a\",\"constant\":1},"))0]") }),
    ]

    private static let models: [(String, @Sendable () -> String)] = [
        ("measures", { "{\"model\":{\"measures\":{\(many(1) { "\"m\($0)\":{}," })\"m\":0}}}" }),
        (
            "measures of sources",
            {
                "{\"resources\":[{\"name\":\"t\",\"schema\":{\"fields\":[{\"name\":\"a\"}]}}],\"model\":{\"measures\":{"
                    + many(3) { "\"m\($0)\":{\"source\":\"a\",\"currency\":\"usd\"}," } + "\"m\":0}}}"
            }
        ),
        ("dimensions", { "{\"model\":{\"dimensions\":{\(many(1) { "\"m\($0)\":{}," })\"m\":0}}}" }),
        (
            "dimensions of one attribute",
            {
                "{\"model\":{\"dimensions\":{\(many(4) { "\"m\($0)\":{\"attributes\":{\"a\":{\"source\":\"b\"}}}," })\"m\":0}}}"
            }
        ),
        (
            "attributes",
            { "{\"model\":{\"dimensions\":{\"d\":{\"attributes\":{\(many(1) { "\"a\($0)\":{}," })\"a\":{}}}}}}" }
        ),
        (
            "attributes below a long name",
            {
                "{\"model\":{\"dimensions\":{\"\(fill(size / 2, "d"))\":{\"attributes\":{\(many(8) { "\"a\($0)\":{}," })\"a\":{}}}}}}"
            }
        ),
        (
            "parents in a circle",
            {
                "{\"model\":{\"dimensions\":{\"d\":{\"attributes\":{"
                    + many(2) { "\"a\($0)\":{\"parent\":\"a\(($0 + 1) % 20_000)\"}," } + "\"a\":{}}}}}}"
            }
        ),
        (
            "parents of marks",
            {
                "{\"model\":{\"dimensions\":{\"d\":{\"attributes\":{"
                    + many(2) { "\"a\($0)\":{\"parent\":\"a\(fill(120, marks))\"}," } + "\"a\":{}}}}}}"
            }
        ),
        ("column types", { "{\"columnTypes\":[\(many(2, "{\"name\":\"a:b:c\"},"))0]}" }),
        ("column types of their own names", { "{\"columnTypes\":[\(many(2) { "{\"name\":\"a\($0):b:c\"}," })0]}" }),
        ("a long column type", { descriptor("{\"name\":\"a\",\"columnType\":\"\(fill(size - 1000, "a:"))a\"},") }),
        ("a column type of one word", { descriptor("{\"name\":\"a\",\"columnType\":\"\(fill(size - 1000, "a"))\"},") }),
        (
            "columns of types",
            { descriptor(many(3) { "{\"name\":\"a\($0)\",\"columnType\":\"\(fill(60, "ab:"))a\"}," }) }
        ),
        (
            "sources in a resource of a long name",
            {
                "{\"resources\":[{\"name\":\"\(fill(size / 2, "t"))\",\"schema\":{\"fields\":[{\"name\":\"a\"}]}}],"
                    + "\"model\":{\"measures\":{" + many(8) { "\"m\($0)\":{\"source\":\"b\"}," } + "\"m\":0}}}"
            }
        ),
    ]

    private static func inline(_ rows: String, _ schema: String = "") -> String {
        "{\"resources\":[{\"name\":\"t\",\"data\":[\(rows)]\(schema.isEmpty ? "" : ",\"schema\":{\(schema)}")}]}"
    }

    private static let eight = (0..<8).map { "a\($0)" }

    private static func wideRow(_ index: Int) -> String {
        "[\(eight.map { _ in String(index) }.joined(separator: ","))],"
    }

    /// Eight fields, and all keys that can be made of them.
    private static var manyKeys: String {
        let keys = (1..<256).map { (bits: Int) -> String in
            let chosen = eight.indices.filter { (bits >> $0) & 1 == 1 }.map { "\"\(eight[$0])\"" }
            return "[" + chosen.joined(separator: ",") + "]"
        }
        let fields = eight.map { "{\"name\":\"\($0)\"}" }.joined(separator: ",")
        return "\"fields\":[" + fields + "],\"uniqueKeys\":[" + keys.joined(separator: ",") + "]"
    }

    private static let tables: [(String, @Sendable () -> String)] = [
        ("rows", { inline(many(2, "[0],") + "[0]") }), ("empty rows", { inline(many("[],") + "[]") }),
        ("wide rows", { inline(many(1001, "[\(fill(2000, "1,"))0],") + "[0]") }),
        ("rows of texts", { inline(many(2, "[\"abcdef\"],") + "[0]") }),
        ("rows of quotes", { inline("[\"\(fill(size - 1000, "\\\""))\"]") }),
        (
            "rows of numbers",
            { inline(many(2, "[1e5],") + "[0]", "\"fields\":[{\"name\":\"a\",\"type\":\"integer\"}]") }
        ),
        ("objects as rows", { inline(many(2, "{\"a\":0},") + "{}", "\"fields\":[{\"name\":\"a\"}]") }),
        (
            "objects without cells",
            {
                inline(
                    many("{},") + "{}",
                    "\"fields\":[\((0..<1000).map { "{\"name\":\"a\($0)\"}" }.joined(separator: ","))]")
            }
        ),
        ("rows of many keys", { inline(many(9, wideRow) + "[0]", manyKeys) }),
        (
            "rows of wrong cells",
            {
                inline(
                    many(2, "[\"a\"],") + "[0]",
                    "\"fields\":[{\"name\":\"a\",\"type\":\"date\",\"constraints\":{\"minimum\":\"2020-01-01\"}}]")
            }
        ),
    ]

    @Test func `Descriptors at their limit`() {
        for (name, make) in Self.lists + Self.resources + Self.fields + Self.models + Self.tables {
            let document = Array(make().utf8)
            #expect(document.count <= DescriptorLoader.byteCount, "\(name)")
            WorstCase.check("a descriptor of \(name), \(document.count) bytes") { try Self.read(document) }
        }
    }

    /// A header is a row of a file; the names of its columns are looked for among the fields'.
    @Test func `Headers`() throws {
        let schema = Array(Self.descriptor((0..<1000).map { "{\"name\":\"a\($0)\"}," }.joined()).utf8)
        var reader = DescriptorReader(
            DescriptorDocument(file: "f", bytes: schema, value: try JSONValue(document: schema)), references: [:],
            findings: Findings(limit: 100))
        reader.read()
        let table = try #require(reader.package.resources.first)
        let size = (1 << 20) / WorstCase.share
        // Each name of marks is put into order again and again; a file has one header.
        let cases: [(String, String, Double)] = [
            ("columns", fill(16_000 * 2, "a,"), 50), ("a long name", fill(size, "a"), 50),
            ("marks", fill(size, marks), 50),
            ("runs of marks", fill(size, "a" + fill(120, marks)), 50),
            ("names of marks", fill(16_000 * 62, "a" + fill(60, marks) + ","), 500),
        ]
        for (name, text, most) in cases {
            let bytes = Array((text + "\n").utf8)
            WorstCase.check("a header of \(name)", perMegabyteOf: max(bytes.count, 1 << 20), most: most) {
                var checker = TableChecker(
                    table, keys: TableKeys(primaryKey: [], collectors: []), findings: Findings(limit: 100))
                _ = TableReader.read(inline: bytes, CSVDialect()) { checker.take($0) }
                var profile = TableProfile(headerRow: 1)
                _ = TableReader.read(inline: bytes, CSVDialect()) { profile.take($0) }
                _ = profile.named
            }
        }
    }

    @Test func `Names that are numbered`() {
        let names = Array(repeating: "a", count: 16_384)
        WorstCase.check("resources of one name are given others") { _ = PackageDraft.uniqueNames(names) }
        let fields = Array(Self.descriptor(fill(16_000 * 13, "{\"name\":\"a\"},")).utf8)
        guard let value = try? JSONValue(document: fields) else { return }
        var reader = DescriptorReader(
            DescriptorDocument(file: "f", bytes: fields, value: value), references: [:], findings: Findings(limit: 100))
        reader.read()
        guard let resource = reader.package.resources.first, let schema = resource.schema else { return }
        WorstCase.check("columns of one name are given others") { _ = DerivedColumns(resource, schema, nil) }
    }
}
