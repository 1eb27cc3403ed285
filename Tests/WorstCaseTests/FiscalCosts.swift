import CofferModel
import Testing

@testable import CofferFiscal

/// Descriptors of packages, and tables, row by row and cell by cell.
@Suite(.serialized) struct FiscalWorstCases {
    /// A descriptor of this size costs some tens of milliseconds; one of the largest is read in a time that grows with it.
    private static let size = 64 << 10

    private static func read(_ document: [UInt8]) throws {
        let value = try JSONValue(document: document)
        var reader = DescriptorReader(
            DescriptorDocument(file: "f", bytes: document, value: value), references: [:],
            findings: Findings(limit: 100))
        reader.read()
    }

    private static func descriptor(_ fields: String) -> String {
        #"{"name":"p","resources":[{"name":"t","path":"t.csv","schema":{"fields":[\#(fields){}]}}]}"#
    }

    private static let cases: [(String, @Sendable () -> String)] = [
        ("numbers", { "{\"a\":[\(fill(size - 100, "0,"))0]}" }),
        ("objects", { "{\"a\":[\(fill(size - 100, "{},"))0]}" }),
        ("deep", { "{\"a\":[\(fill(size - 200, fill(30, "[") + fill(30, "]") + ","))0]}" }),
        ("resources", { "{\"resources\":[\(fill(size - 100, "{},"))0]}" }),
        ("resources of nothing", { "{\"resources\":[\(fill(size - 100, "0,"))0]}" }),
        ("fields", { descriptor(fill(size - 300, "{},")) }),
        ("fields of one name", { descriptor(fill(size - 300, "{\"name\":\"a\"},")) }),
        ("fields of nothing", { descriptor(fill(size - 300, "0,")) }),
        ("licenses", { "{\"licenses\":[\(fill(size - 100, "{},"))0]}" }),
        (
            "measures",
            { "{\"model\":{\"measures\":{\((0..<size / 14).map { "\"m\($0)\":{}" }.joined(separator: ","))}}}" }
        ),
        (
            "attributes",
            {
                "{\"model\":{\"dimensions\":{\"d\":{\"attributes\":{"
                    + (0..<size / 14).map { "\"a\($0)\":{}" }.joined(separator: ",") + "}}}}}"
            }
        ),
        (
            "a long name",
            {
                "{\"model\":{\"dimensions\":{\"\(fill(size / 2, "d"))\":{\"attributes\":{\((0..<size / 30).map { "\"a\($0)\":{}" }.joined(separator: ","))}}}}}"
            }
        ),
        ("column types", { "{\"columnTypes\":[\(fill(size - 100, "{\"name\":\"a:b:c\"},"))0]}" }),
        (
            "missing values",
            { "{\"resources\":[{\"schema\":{\"missingValues\":[\(fill(size - 200, "\"a\","))0],\"fields\":[{}]}}]}" }
        ),
        ("an enumeration", { descriptor("{\"name\":\"a\",\"constraints\":{\"enum\":[\(fill(size - 400, "0,"))0]}},") }),
        (
            "keys",
            {
                "{\"resources\":[{\"name\":\"t\",\"schema\":{\"fields\":[{\"name\":\"a\"}],\"uniqueKeys\":[\(fill(size - 300, "\"a\","))0]}}]}"
            }
        ),
        ("marks", { "{\"resources\":[{\"name\":\"\(fill(size - 100, "a" + fill(120, marks)))\"}]}" }),
    ]

    @Test func `descriptors of 64 KiB`() {
        for (name, make) in Self.cases {
            let document = Array(make().utf8)
            WorstCase.check("a descriptor of \(name), \(document.count) bytes") { try Self.read(document) }
        }
    }

    @Test func `tables`() {
        let size = (1 << 20) / WorstCase.share
        let cases: [(String, String)] = [
            ("line ends", fill(size, "\n")), ("commas", fill(size, fill(16_000, ",") + "\n")),
            ("quotes", fill(size, "\"\"")),
            ("quoted cells", fill(size, "\"a\",\n")), ("one cell", fill(size, "a")),
            ("one quoted cell", "\"" + fill(size, "\"\"a")),
            ("rows", fill(size, "a,b,c\n")), ("carriage returns", fill(size, "\r")), ("marks", fill(size, marks)),
        ]
        for (name, text) in cases {
            let bytes = Array(text.utf8)
            WorstCase.check("CSV, \(name)", perMegabyteOf: bytes.count) {
                var reader = CSVReader()
                var start = 0
                while start < bytes.count {
                    let end = min(start + (64 << 10), bytes.count)
                    try reader.append(Array(bytes[start..<end])) { _ in }
                    start = end
                }
                try reader.finish { _ in }
            }
        }
    }

    @Test func `patterns`() throws {
        for (name, text) in [
            ("alternatives", fill(1000, "(a|b)*")), ("repetitions", "(a?){900}"), ("sets", "[\(fill(900, "bc"))]*a*"),
        ] {
            guard let pattern = try? Pattern(text) else { continue }  // Too large, and thereby cheap.
            let cell = fill(Pattern.matchedByteCount, "a")
            WorstCase.check("a pattern of \(name)") { _ = pattern.matches(cell) }
        }
    }

    @Test func `cells`() {
        let forms: [(String, CellReader.Form)] = [
            ("JSON", .object), ("numbers", .number(NumberFormat())), ("integers", .integer(NumberFormat())),
            ("durations", .duration),
            ("points", .geoPoint(.array)), ("dates", .date(.iso)), ("e-mail", .string(.email)), ("URIs", .string(.uri)),
            ("lists", .list(delimiter: 44, CellReader(form: .integer(NumberFormat())))),
        ]
        let size = CSVLimits().cellByteCount / WorstCase.share
        for (name, form) in forms {
            for text in ["1", "1,", "[", "{\"a\":", "P1Y", "a@", "-", " "] {
                let cell = fill(size, text)
                WorstCase.check("a cell of \(name), of \(text)", perMegabyteOf: cell.utf8.count) {
                    _ = CellReader(form: form).read(cell)
                }
            }
        }
    }
}
