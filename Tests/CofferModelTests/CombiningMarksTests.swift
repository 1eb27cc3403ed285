import CofferModel
import Testing

struct CombiningMarksTests {
    private static func marks(_ count: Int) -> String {
        String(String.UnicodeScalarView((0..<count).map { $0 % 2 == 0 ? "\u{301}" : "\u{316}" }))
    }

    @Test func `Runs up to the limit are none too many`() {
        #expect(!CombiningMarks.exceed(10, in: "a" + Self.marks(10)))
        #expect(CombiningMarks.exceed(10, in: "a" + Self.marks(11)))
        #expect(CombiningMarks.exceed(10, in: Self.marks(11) + "a"))
        #expect(!CombiningMarks.exceed(10, in: Array(repeating: Self.marks(10), count: 100).joined(separator: "a")))
    }

    @Test(arguments: ["", "Ελληνικά", "Tiếng Việt", "हिन्दी", "한국어", "e\u{301}"])
    func `Texts of all languages have few`(text: String) {
        #expect(!CombiningMarks.exceed(CombiningMarks.textLimit, in: String(repeating: text, count: 1000)))
    }

    /// Unicode's own tables tell what is a mark; the letters that are passed over without asking them are none.
    @Test func `A run of any mark is seen`() {
        for value in 0..<UInt32(0x30000) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isMark = scalar.properties.canonicalCombiningClass != .notReordered
            let text = String(String.UnicodeScalarView([scalar, scalar, scalar]))
            #expect(
                CombiningMarks.exceed(2, in: text) == (isMark && text.utf8.count > 4), "U+\(String(value, radix: 16))")
        }
    }

    @Test func `Marks beyond the limit are cut, and nothing else`() {
        #expect(CombiningMarks.cut("é" + Self.marks(3), to: 3) == "é" + Self.marks(3))
        let cut = CombiningMarks.cut("a" + Self.marks(5) + "b" + Self.marks(2), to: 3)
        #expect(cut.unicodeScalars.elementsEqual(("a" + Self.marks(3) + "b" + Self.marks(2)).unicodeScalars))
    }

    @Test func `JSON with more than a few in a row is refused`() {
        for text in [Self.marks(65), String(repeating: "\\u0301", count: 65)] {
            #expect(throws: JSONFault.self) { try JSONValue(document: Array("[\"\(text)\"]".utf8)) }
            #expect(throws: JSONFault.self) { try JSONValue(document: Array("{\"\(text)\": 1}".utf8)) }
        }
        #expect(throws: Never.self) { try JSONValue(document: Array("[\"\(Self.marks(64))\"]".utf8)) }
    }
}
