import Testing

@testable import CofferFiscal

/// RFC 4180, and what CSV Dialect adds.
struct CSVReaderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let rows: [[String]]
        var dialect = CSVDialect()

        init(_ text: String, _ rows: [[String]], _ change: (inout CSVDialect) -> Void = { _ in }) {
            self.text = text
            self.rows = rows
            change(&dialect)
        }

        var testDescription: String { text.debugDescription }
    }

    static let cases: [Case] = [
        Case("", []), Case("a", [["a"]]), Case("a,b\n", [["a", "b"]]), Case("\n", [[""]]), Case(",\n", [["", ""]]),
        Case("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]), Case("a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
        Case("a\n\nb", [["a"], [""], ["b"]]), Case("a\r\n\r\nb", [["a"], [""], ["b"]]),
        Case("a\n\r\nb", [["a"], [""], ["b"]]),
        Case("\"a\"", [["a"]]), Case("\"\"", [[""]]), Case("\"\",\"\"\n", [["", ""]]),
        Case("\"a,b\",c", [["a,b", "c"]]),
        Case("\"a\nb\"\nc", [["a\nb"], ["c"]]), Case("\"a\r\nb\",c\r\n", [["a\r\nb", "c"]]),
        Case("\"a\"\"b\"", [["a\"b"]]), Case("\"\"\"\"", [["\""]]), Case("\"\"\"\"\"\"", [["\"\""]]),
        Case("é,\u{1F3DB}\n", [["é", "\u{1F3DB}"]]), Case(" a , b ", [[" a ", " b "]]),
        Case(
            "0123456789,0123456789,0123456789\n0123456789",
            [["0123456789", "0123456789", "0123456789"], ["0123456789"]]),
        Case("a;b\tc\n", [["a", "b\tc"]]) { $0.delimiter = UInt8(ascii: ";") },
        Case("'a;''b'\n", [["a;'b"]]) {
            $0.delimiter = UInt8(ascii: ";")
            $0.quote = UInt8(ascii: "'")
        },
        Case("\"a\",b\n", [["\"a\"", "b"]]) { $0.quote = nil },
        Case(#"a\,b,"c\"d",\\"#, [["a,b", "c\"d", #"\"#]]) { $0.escape = UInt8(ascii: "\\") },
        Case(#"a"b\,c"#, [[#"a"b,c"#]]) { $0.escape = UInt8(ascii: "\\") },
        Case("a, b,  \"c,d\", \"\"\n", [["a", "b", "c,d", ""]]) { $0.skipsInitialSpace = true },
        Case("a, \"b\"\n", [["a", " \"b\""]]),
        Case("# no, \"row\na,b\n#\nc#,d\n", [["a", "b"], ["c#", "d"]]) { $0.comment = UInt8(ascii: "#") },
    ]

    private static func read(
        _ pieces: [[UInt8]], _ dialect: CSVDialect = CSVDialect(), limits: CSVLimits = CSVLimits()
    ) throws(CSVFault) -> (rows: [[String]], places: [[Int]], ends: LineEnds) {
        var reader = CSVReader(dialect, limits: limits)
        var rows: [[String]] = []
        var places: [[Int]] = []
        func take(_ row: CSVRow) {
            rows.append((0..<row.count).map { String(decoding: row[$0], as: UTF8.self) })
            places.append([row.number, row.line])
        }
        for piece in pieces { try reader.append(piece, row: take) }
        try reader.finish(row: take)
        return (rows, places, reader.lineEnds)
    }

    @Test(.timeLimit(.minutes(10)))
    func `Stray quotes behind many spaces are looked at once`() throws {
        var dialect = CSVDialect()
        dialect.skipsInitialSpace = true
        var reader = CSVReader(dialect)
        let count = 200_000
        let text = String(repeating: " ", count: count) + "x" + String(repeating: "\"", count: count)
        var rows = 0
        try reader.append(Array(text.utf8)) { _ in rows += 1 }
        try reader.finish { row in
            rows += 1
            #expect(row[0].count == count + 1 && row.traits.contains(.strayQuote))
        }
        #expect(rows == 1)
    }

    @Test(arguments: cases)
    func `Text is read as its dialect says`(_ example: Case) throws {
        #expect(try Self.read([Array(example.text.utf8)], example.dialect).rows == example.rows)
    }

    @Test(arguments: cases)
    func `Where text is cut into pieces does not matter`(_ example: Case) throws {
        let bytes = Array(example.text.utf8)
        let whole = try Self.read([bytes], example.dialect)
        for cut in bytes.indices {
            let parts = try Self.read([Array(bytes[..<cut]), Array(bytes[cut...])], example.dialect)
            #expect(parts.rows == example.rows && parts.places == whole.places, "cut at \(cut)")
        }
        #expect(try Self.read(bytes.map { [$0] }, example.dialect).rows == example.rows)
    }

    @Test func `Rows are counted without comments, and lines with those in quotes`() throws {
        var dialect = CSVDialect()
        dialect.comment = UInt8(ascii: "#")
        let text = "a\n# no row\n\"b\nb\"\nc\n"
        #expect(try Self.read([Array(text.utf8)], dialect).places == [[1, 1], [2, 3], [3, 5]])
    }

    @Test(
        arguments: [
            ("a\nb\n", LineEnds.lf), ("a\r\nb\r\n", .crlf), ("a\rb\r", .cr), ("a\r\nb\n", [.crlf, .lf]),
            ("a\nb\r", [.lf, .cr]), ("a", []),
        ] as [(String, LineEnds)])
    func `The ends of lines are told`(text: String, ends: LineEnds) throws {
        #expect(try Self.read([Array(text.utf8)]).ends == ends)
    }

    @Test(arguments: [
        ("\"a\"b,c", CSVTraits.malformed), ("\"a\" ,c", .malformed), ("a\"b,c", .strayQuote), ("a\0b,c", .nul),
        ("\"\0\",c", .nul),
    ])
    func `What is unusual in a cell is told, and only there`(text: String, trait: CSVTraits) throws {
        var reader = CSVReader()
        var traits: [CSVTraits] = []
        try reader.append(Array("\(text)\nx,y\n".utf8)) { row in
            traits += (0..<row.count).map { row.traits(of: $0).subtracting([.quoted, .escaped]) }
        }
        #expect(traits == [trait, [], [], []])
    }

    @Test func `A file that ends within quotes is a fault where they begin`() {
        #expect(throws: CSVFault.unclosedQuote(row: 2, line: 2)) { try Self.read([Array("a\n\"b\nc\nd".utf8)]) }
    }

    @Test func `Rows and cells have limits`() throws {
        var limits = CSVLimits()
        (limits.rowByteCount, limits.cellByteCount, limits.cellCount) = (64, 8, 4)
        #expect(throws: CSVFault.rowTooLong(row: 2, line: 2)) {
            try Self.read([Array("a\n".utf8), Array("\"".utf8), [UInt8](repeating: 97, count: 65)], limits: limits)
        }
        #expect(throws: CSVFault.tooManyCells(row: 1, line: 1)) {
            try Self.read([Array(",,,,\n".utf8)], limits: limits)
        }
        #expect(try Self.read([Array(",,,\n".utf8)], limits: limits).rows == [["", "", "", ""]])
        var reader = CSVReader(limits: limits)
        var traits: [CSVTraits] = []
        try reader.append(Array("12345678,123456789\n".utf8)) { row in traits = [row.traits(of: 0), row.traits(of: 1)] }
        #expect(traits == [[], .tooLong])
    }

    /// Ten million delimiters are a row of ten million cells for a reader without limits.
    @Test func `A row of nothing but delimiters stops at the limit`() {
        #expect(throws: CSVFault.tooManyCells(row: 1, line: 1)) {
            try Self.read(Array(repeating: [UInt8](repeating: UInt8(ascii: ","), count: 1 << 16), count: 160))
        }
    }

    @Test func `Whether a row is beyond ASCII is never missed`() throws {
        let rows = [
            "aaaaaaaaaaaaaaa", "é", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé", "a", "a",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ]
        var flags: [Bool] = []
        var reader = CSVReader()
        try reader.append(Array(rows.joined(separator: "\n").utf8)) { flags.append($0.mayHaveNonASCII) }
        try reader.finish { flags.append($0.mayHaveNonASCII) }
        #expect(flags[1] && flags[3] && !flags[6] && flags.count == rows.count)
    }
}
