import CofferModel
import CofferTestSupport
import Testing

struct XMLElementTests {
    @Test func `Children are found by their names in document order`() throws {
        let root = try parse("<Root><A>1</A><B/><A>2</A><C><A>3</A></C></Root>")
        #expect(root.children.map(\.name) == ["A", "B", "A", "C"])
        #expect(root["A"]?.text == "1")
        #expect(root.all("A").map(\.text) == ["1", "2"])
        #expect(root["C"]?["A"]?.text == "3")
        #expect(root["D"] == nil && root.all("D").isEmpty)
    }

    @Test(
        arguments: [
            ("<Root/>", true), ("<Root><A>1</A></Root>", true), ("<Root> <L/>\n<L/><A/></Root>", true),
            ("<Root><B/></Root>", false), ("<Root><A/><A/></Root>", false), ("<Root>x<A/></Root>", false),
            ("<Root><A/>x</Root>", false), ("<Root><a/></Root>", false), ("<Root><L/><LL/></Root>", false),
        ] as [(String, Bool)])
    func `An element is held to the children that it may have`(document: String, isTaken: Bool) throws {
        let root = try parse(document)
        var refusal: S3Error.Code?
        do throws(S3Error) { try root.rejectUnknownChildren(["A"], lists: ["L"]) } catch { refusal = error.code }
        #expect(refusal == (isTaken ? nil : .malformedXML))
    }

    @Test func `A type is read by its namespace`() throws {
        let xsi = "http://www.w3.org/2001/XMLSchema-instance"
        #expect(try parse("<Root xmlns:x=\"\(xsi)\" x:type=\"T\"><K type=\"U\"/></Root>").type == "T")
        #expect(try parse("<Root xmlns:x=\"\(xsi)\" x:type=\"T\"><K type=\"U\"/></Root>")["K"]?.type == nil)
        #expect(try parse("<Root xmlns:xsi=\"urn:other\" xsi:type=\"T\"><A/></Root>").type == nil)
    }

    @Test(arguments: [
        ("<Root><K>a&lt;&gt;&amp;&quot;&apos;</K></Root>", "a<>&\"'"), ("<Root><K>&#65;&#x42;</K></Root>", "AB"),
        ("<Root><K><![CDATA[<a>&amp;]]></K></Root>", "<a>&amp;"), ("<Root><K>a<!-- c -->b</K></Root>", "ab"),
        ("<Root><K>a<?pi x?>b</K></Root>", "ab"), ("<Root><K> a </K></Root>", " a "), ("<Root><K> </K></Root>", " "),
        ("<Root><K>\n</K></Root>", "\n"), ("<Root><K>&#32;</K></Root>", " "), ("<Root><K>a\r\nb</K></Root>", "a\nb"),
        ("<Root><K>&#13;</K></Root>", "\r"), ("<Root><K></K></Root>", ""), ("<Root><K/></Root>", ""),
        ("<Root><K>é😀</K></Root>", "é😀"), ("<Root><K>a<X/>b</K></Root>", "ab"),
    ])
    func `Text is read with its entities, sections and spaces`(document: String, text: String) throws {
        #expect(try parse(document)["K"]?.text == text)
    }

    @Test(arguments: [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Root><K>v</K></Root>", "\u{feff}<Root><K>v</K></Root>",
        "<Root xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><K>v</K></Root>",
        "<s:Root xmlns:s=\"http://s3.amazonaws.com/doc/2006-03-01/\"><s:K>v</s:K></s:Root>",
        "<Root a=\"1\"><K xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"T\">v</K></Root>",
        "<!-- c --><Root>\n  <K>v</K>\n</Root>\n<!-- c -->",
    ])
    func `Declarations, namespaces, attributes and comments do not matter`(document: String) throws {
        #expect(try parse(document)["K"]?.text == "v")
    }

    @Test(arguments: [
        "<!DOCTYPE Root><Root/>", "<!DOCTYPE Root SYSTEM \"file:///etc/passwd\"><Root/>",
        "<!DOCTYPE Root [<!ENTITY e \"x\">]><Root>&e;</Root>", "<!DOCTYPE Root [<!ENTITY e \"x\">]><Root/>",
        "<!DOCTYPE Root [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><Root>&e;</Root>",
        "<?xml version=\"1.0\"?><!-- c --><!DOCTYPE Root [<!ELEMENT Root ANY>]><Root/>",
    ])
    func `Any document type declaration is refused`(document: String) {
        expectMalformed(Array(document.utf8))
    }

    @Test func `Entities that double ten thousand times are never unfolded`() {
        let entities = (1...40).map { "<!ENTITY e\($0) \"&e\($0 - 1);&e\($0 - 1);\">" }.joined()
        expectMalformed(Array("<!DOCTYPE Root [<!ENTITY e0 \"x\">\(entities)]><Root>&e40;</Root>".utf8))
    }

    @Test(arguments: [
        "", " ", "x", "<", "<Root", "<Root>", "<Root></Roo>", "<Root><K></Root>", "<Root><K></Root></K>", "</Root>",
        "<Root/><Root/>", "<Root/>x", "x<Root/>", "<Root>&unknown;</Root>", "<Root>&</Root>", "<Root>a & b</Root>",
        "<Root a=1/>", "<Root a=\"1\" a=\"2\"/>", "<Root><1/></Root>", "<Root>&#0;</Root>", "<Root>&#xFFFFFFFF;</Root>",
        "<Root>\u{0}</Root>", "<Root>\u{1}</Root>", "<x:Root/>", "<Root><![CDATA[</Root>", "<Root><!-- </Root>",
        "<Other/>", "<root/>", "{\"Root\": 1}",
    ])
    func `What is not well-formed or has another root is refused`(document: String) {
        expectMalformed(Array(document.utf8))
    }

    @Test func `A document cut off anywhere is refused`() {
        let document = Array("<?xml version=\"1.0\"?><Root a=\"1\"><K>é&lt;</K><![CDATA[x]]></Root>".utf8)
        for count in 0..<document.count { expectMalformed(Array(document[..<count])) }
    }

    @Test func `Bytes that are not UTF-8 are refused`() {
        expectMalformed(Array("<Root>".utf8) + [0xFF, 0xFE] + Array("</Root>".utf8))
        expectMalformed(Array("<Root>".utf8) + [0xC3] + Array("</Root>".utf8))
    }

    @Test(arguments: [(1, true), (32, true), (33, false), (10_000, false)])
    func `Elements nest 32 deep and no deeper`(depth: Int, isTaken: Bool) {
        let inner = String(repeating: "<E>", count: depth - 1) + String(repeating: "</E>", count: depth - 1)
        let document = Array("<Root>\(inner)</Root>".utf8)
        if isTaken {
            #expect(throws: Never.self) { try XMLElement.parse(document, root: "Root") }
        } else {
            expectMalformed(document)
        }
    }

    // MARK: What libxml2 is spared

    @Test(arguments: [
        " a='1'", " xmlns:a='b'", " a = \"1\"", "\ta='&lt;'",
    ])
    func `Attributes are counted, of one element and of all that are open`(attribute: String) {
        func attributes(_ range: Range<Int>) -> String {
            range.map { attribute.replacing("a", with: "a\($0)") }.joined()
        }
        #expect(throws: Never.self) { try parse("<Root\(attributes(0..<16))><K/></Root>") }
        #expect(throws: Never.self) {
            try parse("<Root>\(String(repeating: "<K\(attributes(0..<16))/>", count: 9))</Root>")
        }
        expectMalformed(Array("<Root\(attributes(0..<17))/>".utf8))
        expectMalformed(Array("<Root\(attributes(0..<9))><K\(attributes(9..<17))></K></Root>".utf8))
    }

    @Test(arguments: [
        "<Root a=\"*\"/>", "<Root *a=\"1\"/>", "<Root></Root*>", "<Root a='>*'/>", "<*/>",
        "<?xml version=\"1.0\"*?><Root/>",
    ])
    func `A long tag is refused, and quotes hide nothing of it`(document: String) {
        let long = document.replacing("*", with: String(repeating: " ", count: 2000))
        expectMalformed(Array(long.utf8))
        expectMalformed(Array(document.replacing("*", with: String(repeating: "x", count: 2000)).utf8))
    }

    @Test(arguments: [
        "<!-- <a b='c' <!DOCTYPE > -->", "<![CDATA[<!DOCTYPE \"<a>]]>", "<?pi <!DOCTYPE '> ?>", "a > b", "\" '",
        "<K a='>' b=\"/>\"></K>", "<K a=\"'\"/>", "<!--->--->", "<![CDATA[]]]]>", "<K/ >",
    ])
    func `What looks like a tag within other markup is none`(content: String) {
        let document = "<Root>\(content)<K>v</K></Root>"
        // As libxml2 reads it by itself.
        let isWellFormed = !["<!--->--->", "<K/ >"].contains(content)
        if isWellFormed {
            #expect(throws: Never.self) { try parse(document) }
        } else {
            expectMalformed(Array(document.utf8))
        }
        let wide = "<K\((0..<20).map { " a\($0)='1'" }.joined())/>"
        expectMalformed(Array("<Root>\(content)\(wide)</Root>".utf8))
    }

    @Test func `Elements and other markup are counted`() throws {
        #expect(try parse("<Root>\(String(repeating: "<K/>", count: 59_999))</Root>").children.count == 59_999)
        expectMalformed(Array("<Root>\(String(repeating: "<K/>", count: 60_000))</Root>".utf8))
        for markup in ["<K></K>", "<!---->", "<![CDATA[]]>", "<?a?>"] {
            expectMalformed(Array("<Root>\(String(repeating: markup, count: 60_000))</Root>".utf8))
        }
    }

    @Test func `Combining marks are counted where they stand in one row`() {
        let half = String(repeating: "\u{301}", count: 256)
        #expect(throws: Never.self) { try parse("<Root><K>a\(half)\(half)</K></Root>") }
        expectMalformed(Array("<Root><K>a\(half)\u{301}\(half)</K></Root>".utf8))
        expectMalformed(Array("<Root><K>a\(half)&#x301;<![CDATA[\(half)]]></K></Root>".utf8))
        expectMalformed(Array("<Root><e\u{301}/></Root>".utf8))
    }

    @Test func `UTF-8 is the only encoding, whatever a document says of itself`() throws {
        for name in ["UTF-8", "utf-8", "US-ASCII"] {
            #expect(throws: Never.self) { try parse("<?xml version=\"1.0\" encoding='\(name)' ?><Root/>") }
        }
        for name in ["UTF-16", "UTF-7", "ISO-8859-1", "windows-1252", "EBCDIC", "", "x"] {
            expectMalformed(Array("<?xml version=\"1.0\" encoding = \"\(name)\"?><Root/>".utf8))
        }
        let text = "<Root><K>v</K></Root>"
        let wide: [UInt8] = text.utf8.flatMap { [$0, 0] as [UInt8] }
        let marks: [[UInt8]] = [[], [0xFF, 0xFE], [0xFE, 0xFF]]
        for mark in marks { expectMalformed(mark + wide) }
        expectMalformed(Array("<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADw-Root/+AD4-".utf8))
    }

    private func parse(_ document: String) throws -> XMLElement {
        try XMLElement.parse(Array(document.utf8), root: "Root")
    }

    private func expectMalformed(_ document: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(
            throws: S3Error.self, "\(String(decoding: document.prefix(60), as: UTF8.self))",
            sourceLocation: sourceLocation
        ) {
            try XMLElement.parse(document, root: "Root")
        }
        #expect(error?.code == .malformedXML, sourceLocation: sourceLocation)
    }
}
