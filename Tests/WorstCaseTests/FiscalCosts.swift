import CofferModel
import Testing

@testable import CofferFiscal

/// Tables, row by row and cell by cell.
@Suite(.serialized) struct FiscalWorstCases {
    @Test func `Tables`() {
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

    @Test func `Patterns`() throws {
        for (name, text) in [
            ("alternatives", fill(1000, "(a|b)*")), ("repetitions", "(a?){900}"), ("sets", "[\(fill(900, "bc"))]*a*"),
        ] {
            guard let pattern = try? CellPattern(text) else { continue }  // Too large, and thereby cheap.
            let cell = fill(CellPattern.matchedByteCount, "a")
            WorstCase.check("a pattern of \(name)") { _ = pattern.matches(cell) }
        }
    }

    @Test func `Cells`() {
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
