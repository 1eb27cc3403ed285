import CofferModel
import Testing

struct CombiningMarksTests {
    private static func marks(_ count: Int) -> String {
        String(String.UnicodeScalarView((0..<count).map { $0 % 2 == 0 ? "\u{301}" : "\u{316}" }))
    }

    @Test func `runs up to the limit are none too many`() {
        #expect(!CombiningMarks.exceed(10, in: "a" + Self.marks(10)))
        #expect(CombiningMarks.exceed(10, in: "a" + Self.marks(11)))
        #expect(CombiningMarks.exceed(10, in: Self.marks(11) + "a"))
        #expect(!CombiningMarks.exceed(10, in: Array(repeating: Self.marks(10), count: 100).joined(separator: "a")))
    }

    @Test(arguments: ["", "Ελληνικά", "Tiếng Việt", "हिन्दी", "한국어", "e\u{301}"])
    func `texts of all languages have few`(text: String) {
        #expect(!CombiningMarks.exceed(CombiningMarks.textLimit, in: String(repeating: text, count: 1000)))
    }

    @Test func `JSON with more than a few in a row is refused`() {
        for text in [Self.marks(65), String(repeating: "\\u0301", count: 65)] {
            #expect(throws: JSONFault.self) { try JSONValue(document: Array("[\"\(text)\"]".utf8)) }
            #expect(throws: JSONFault.self) { try JSONValue(document: Array("{\"\(text)\": 1}".utf8)) }
        }
        #expect(throws: Never.self) { try JSONValue(document: Array("[\"\(Self.marks(64))\"]".utf8)) }
    }
}
