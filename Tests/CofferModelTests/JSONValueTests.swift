import CofferModel
import Testing

/// Source: RFC 8259.
struct JSONValueTests {
    /// From the ninth on they are looked for by their hash.
    @Test(arguments: [1, 8, 9, 20])
    func `Names are told apart byte by byte, however many there are`(count: Int) throws {
        let names = (0..<count).map { "name\($0)" } + ["\u{e9}", "e\u{301}"]
        let members = names.enumerated().map { "\"\($1)\": \($0)" }
        let object = try #require(try JSONValue(document: Array("{\(members.joined(separator: ","))}".utf8)).object)
        #expect(names.map { object[$0]?.number?.integer() } == Array(names.indices))
        #expect(object["name"] == nil && object["E\u{301}"] == nil)
        for name in names {
            let twice = "{\(members.joined(separator: ",")), \"\(name)\": 0}"
            #expect(throws: JSONFault.self) { try JSONValue(document: Array(twice.utf8)) }
        }
    }

    private func read(_ text: String, _ dialect: JSONValue.Dialect = .strict) throws -> JSONValue {
        try JSONValue(document: Array(text.utf8), dialect: dialect)
    }

    // MARK: What is JSON

    @Test(arguments: [
        "null", "true", " false ", "0", "-0", "12.50", "1e3", "-1E-3", "2.5e+7", #""""#, #""a,}]""#, "[]", "[ ]", "{}",
        "{ }", "[[1], {\"a\": []}, 2]", "\t[\r\n1 ,\n2 ]\n", #"{"a": 1, "A": 2, "": 3}"#, #""\u0000\u001f""#,
    ])
    func `What the grammar has is read`(_ text: String) {
        #expect(throws: Never.self) { try read(text) }
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-", "+1", "01", "-01", ".5", "5.", "1e", "1e+", "0x10",
        "'a'", "\"a", "\"\\\"", "\"\\x41\"", "\"\\v\"", "\"\\$\"", "\"\\u12\"", "\"\\u12G4\"", "\"a\tb\"", "\"a\nb\"",
        "\"\u{0}\"", "[", "]", "[1", "[1,]", "[1 , \n]", "[,]", "[,1]", "[1,,2]", "[1 2]", "[1;2]", "{", "}", "{a: 1}",
        "{1: 1}", "{'a': 1}", #"{"a"}"#, #"{"a":}"#, #"{"a" 1}"#, #"{"a": 1,}"#, #"{"a": [1], }"#, #"{"a": "\\",}"#,
        #"{"a": 1 "b": 2}"#, "[1]]", "1 2", "[1] x", "// c\n1", "/* c */ 1", "[1] // c", "[1 /* c */]", "{// '\n}",
        "# c\n1", "\u{feff}1", "\u{a0}1", "1\u{0}",
    ])
    func `What the grammar has not is refused`(_ text: String) {
        #expect(throws: JSONFault.self) { try read(text) }
    }

    @Test func `Bytes that are not UTF-8 are refused, also UTF-16`() {
        for bytes in [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFE, 0xFF, 0, 0x31],
        ] {
            let fault = #expect(throws: JSONFault.self) { try JSONValue(document: bytes.map(UInt8.init)) }
            #expect(fault?.kind == .encoding)
        }
        #expect(throws: JSONFault.self) { try JSONValue(document: [0x31, 0, 0x32, 0]) }
    }

    // MARK: What it says

    @Test(arguments: [
        (#""é😀""#, "é😀"), (#""\u00e9\ud83d\ude00""#, "é😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0000""#, "\0"), (#""a\u0062c""#, "abc"), (#""\uFFFF""#, "\u{ffff}"),
        (#""\ud7ff\ue000""#, "\u{d7ff}\u{e000}"),
    ])
    func `Strings are what they stand for`(document: String, text: String) throws {
        #expect(try read(document).string.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test(arguments: [
        #""\ud83d""#, #""\ude00""#, #""\ud83dx""#, #""\ud83d\n""#, #""\ud83d\u0041""#, #""\ud83d\ud83d""#,
        #""\ude00\ud83d""#,
    ])
    func `Half a pair of surrogates is refused`(document: String) {
        #expect(throws: JSONFault.self) { try read(document) }
    }

    @Test func `Numbers keep all their digits`() throws {
        let number = try #require(try read("123456789012345678901234567890.10").number)
        #expect(number.text == "123456789012345678901234567890.10")
        #expect(number.integer() == nil && number.double == 1.2345678901234568e29)
        #expect(try read("9007199254740993").number?.integer() == 9_007_199_254_740_993)
        #expect(try ["1e2", "100.0", "100"].map { try read($0).number?.integer() } == [100, 100, 100])
        #expect(try read("1e999").number?.integer() == nil)
        #expect(
            try read("[100, 1e2, 1.50, 99999999999999999999]").strings == ["100", "100", "1.5", "99999999999999999999"])
    }

    @Test func `Members keep their order, and values their places`() throws {
        let text = #"{"b": [1, "x"], "a": {"é": null}}"#
        let object = try #require(try read(text).object)
        #expect(object.members.map(\.name) == ["b", "a"])
        func written(_ value: JSONValue?) -> String? {
            value.map { String(decoding: Array(text.utf8)[$0.range], as: UTF8.self) }
        }
        #expect(written(object["b"]) == #"[1, "x"]"#)
        #expect(written(object["b"]?.array?[1]) == #""x""#)
        #expect(written(object["a"]?.object?["é"]) == "null")
        #expect(object["c"] == nil)
    }

    @Test func `Names are compared byte by byte`() throws {
        let object = try #require(try read("{\"\u{e9}\": 1, \"e\u{301}\": 2}").object)
        #expect(object["e\u{301}"]?.number?.text == "2")
    }

    // MARK: Limits and places

    @Test(arguments: [JSONValue.Dialect.strict, .postPolicy])
    func `Nesting has a limit, however it is hidden`(dialect: JSONValue.Dialect) throws {
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(throws: Never.self) { try read(nested(32), dialect) }
        let fault = #expect(throws: JSONFault.self) { try read(nested(33), dialect) }
        #expect(fault?.kind == .tooDeep)
        #expect(throws: Never.self) {
            try read("[" + Array(repeating: nested(31), count: 40).joined(separator: ",") + "]", dialect)
        }
        #expect(throws: Never.self) { try read(#"[""# + String(repeating: "[", count: 100) + #""]"#, dialect) }
        for deep in [String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 1_000_000)] {
            #expect(throws: JSONFault.self) { try read(deep, dialect) }
        }
        #expect(throws: JSONFault.self) { try read("{// '\n\"a\": \(nested(100))}", dialect) }
    }

    @Test func `Values are counted`() throws {
        #expect(throws: Never.self) { try read("[\(String(repeating: "0,", count: 199_998))0]") }
        let fault = #expect(throws: JSONFault.self) { try read("[\(String(repeating: "0,", count: 199_999))0]") }
        #expect(fault?.kind == .tooManyValues(200_000))
    }

    @Test func `A name that occurs twice in one object is refused, wherever it is`() throws {
        for text in [#"{"a": 1, "a": 2}"#, #"[{"b": {"a": 1, "c": 2, "\u0061": 3}}]"#] {
            let fault = #expect(throws: JSONFault.self) { try read(text) }
            #expect(fault?.kind == .duplicateName("a"))
        }
        #expect(throws: Never.self) { try read(#"[{"a": {"a": 1}}, {"a": 2}]"#) }
        let names = (0..<40).map { "\"n\($0)\": 0" }.joined(separator: ", ")
        #expect(throws: Never.self) { try read("{\(names)}") }
        for repeated in [0, 7, 8, 39] {
            let fault = #expect(throws: JSONFault.self) { try read("{\(names), \"n\(repeated)\": 1}") }
            #expect(fault?.kind == .duplicateName("n\(repeated)"))
        }
    }

    @Test(arguments: [
        ("", "line 1, column 1: expected a value"), ("[1,\n 2,\n]", "line 3, column 1: expected a value"),
        ("{\"é\": 1 2}", "line 1, column 9: expected ',' or '}'"),
        ("{\r\n  a: 1}", "line 2, column 3: expected a name in quotes"),
        ("{\"a\": 1,\n \"b\": 2,\n \"a\": 3}", "line 3, column 2: the name \"a\" occurs twice"),
        ("[\"x\ny\"]", "line 1, column 4: expected an escape such as \\n instead of a control character"),
        ("[\"\\q\"]", "line 1, column 3: expected a JSON escape such as \\n or \\u0041"),
        ("[1] 2", "line 1, column 5: expected the end of the document"),
        ("{// '\n", "line 1, column 2: expected a name in quotes"),
    ])
    func `A fault has its place`(text: String, description: String) {
        let fault = #expect(throws: JSONFault.self) { try read(text) }
        #expect(fault.map { "\($0)" } == description)
    }

    @Test func `The place of a byte that is not UTF-8 is told`() {
        let fault = #expect(throws: JSONFault.self) { try JSONValue(document: Array("[\n\"é".utf8) + [0xFF]) }
        #expect(fault?.position.description == "line 2, column 3")
    }

    // MARK: Policies of forms

    @Test(arguments: [
        #"{"a": 1,}"#, "[1, ]", "{'a': 'b\"c'}", #"["\$a\v"]"#, #"['it\'s']"#,
    ])
    func `The policies of forms have a little more`(text: String) {
        #expect(throws: Never.self) { try read(text, .postPolicy) }
        #expect(throws: JSONFault.self) { try read(text) }
    }

    @Test(arguments: [
        "[,]", "[1,,]", "{,}", "['a\"]", #"["it\'s"]"#, "{a: 1}", "{// c\n}", "[/* */1]", "[0x1]", #"["\x41"]"#,
        #"{"a": 1, 'a': 2}"#,
    ])
    func `And no more than that`(text: String) {
        #expect(throws: JSONFault.self) { try read(text, .postPolicy) }
    }
}
