import CofferModel
import Testing

struct XMLWriterTests {
    @Test func `A document has the declaration, the namespace and nested elements`() {
        let document = XMLWriter.document("Root") { xml in
            xml.element("Outer") { xml in
                xml.element("Inner", "text")
                xml.optional("Left", nil)
                xml.optional("Right", "")
            }
        }
        #expect(
            String(decoding: document, as: UTF8.self) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <Root xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Outer><Inner>text</Inner><Right></Right></Outer></Root>
                """)
    }

    @Test(arguments: [0, 1, 999] as [Int64])
    func `A moment is written to the second`(milliseconds: Int64) {
        var xml = XMLWriter()
        let start = xml.bytes.count
        xml.element("E", Timestamp(milliseconds: 1_795_470_960_000 + milliseconds))
        #expect(String(decoding: xml.bytes[start...], as: UTF8.self) == "<E>2026-11-23T21:56:00.000Z</E>")
    }

    @Test func `A document may hold nothing but text`() {
        let document = String(decoding: XMLWriter.document("LocationConstraint", text: "a<b"), as: UTF8.self)
        #expect(document.hasSuffix("/\">a&lt;b</LocationConstraint>"))
    }

    @Test(arguments: [
        ("a&b", "a&amp;b"), ("<a>", "&lt;a&gt;"), ("\"", "&quot;"), ("'", "'"), ("]]>", "]]&gt;"), ("\r", "&#xd;"),
        ("\u{1}", "&#x1;"), ("\u{1f}", "&#x1f;"), ("\u{0}", "&#x0;"), ("\t\n", "\t\n"), ("é😀", "é😀"),
        ("&amp;", "&amp;amp;"),
        ("\r\n", "&#xd;\n"), ("<\u{301}", "&lt;\u{301}"), ("&\u{20d2}", "&amp;\u{20d2}"),
    ])
    func `Text is escaped`(text: String, escaped: String) {
        var xml = XMLWriter()
        let start = xml.bytes.count
        xml.element("E", text)
        #expect(Array(xml.bytes[start...]) == Array("<E>\(escaped)</E>".utf8))
    }

    @Test func `Every character that XML has survives writing and reading`() throws {
        var text = "\t\n\r ]]> <![CDATA[ --> &#65; \u{7f} \u{85} \u{2028} \u{fffd} \u{10ffff}"
        for scalar in (0x20...0x2FF).compactMap({ UnicodeScalar(UInt32($0)) }) { text.unicodeScalars.append(scalar) }
        let document = XMLWriter.document("Root") { $0.element("Key", text) }
        let key = try #require(try XMLElement.parse(document, root: "Root")["Key"])
        #expect(Array(key.text.utf8) == Array(text.utf8))
    }
}
