import CofferModel
import CofferTestSupport
import Testing

struct XMLElementTests {
    @Test func `children are found by their names in document order`() throws {
        let root = try parse("<Root><A>1</A><B/><A>2</A><C><A>3</A></C></Root>")
        #expect(root.children.map(\.name) == ["A", "B", "A", "C"])
        #expect(root["A"]?.text == "1")
        #expect(root.all("A").map(\.text) == ["1", "2"])
        #expect(root["C"]?["A"]?.text == "3")
        #expect(root["D"] == nil && root.all("D").isEmpty)
    }

    @Test(arguments: [
        ("<Root><K>a&lt;&gt;&amp;&quot;&apos;</K></Root>", "a<>&\"'"), ("<Root><K>&#65;&#x42;</K></Root>", "AB"),
        ("<Root><K><![CDATA[<a>&amp;]]></K></Root>", "<a>&amp;"), ("<Root><K>a<!-- c -->b</K></Root>", "ab"),
        ("<Root><K>a<?pi x?>b</K></Root>", "ab"), ("<Root><K> a </K></Root>", " a "), ("<Root><K> </K></Root>", " "),
        ("<Root><K>\n</K></Root>", "\n"), ("<Root><K>&#32;</K></Root>", " "), ("<Root><K>a\r\nb</K></Root>", "a\nb"),
        ("<Root><K>&#13;</K></Root>", "\r"), ("<Root><K></K></Root>", ""), ("<Root><K/></Root>", ""),
        ("<Root><K>é😀</K></Root>", "é😀"), ("<Root><K>a<X/>b</K></Root>", "ab"),
    ])
    func `text is read with its entities, sections and spaces`(document: String, text: String) throws {
        #expect(try parse(document)["K"]?.text == text)
    }

    @Test(arguments: [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Root><K>v</K></Root>", "\u{feff}<Root><K>v</K></Root>",
        "<Root xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><K>v</K></Root>",
        "<s:Root xmlns:s=\"http://s3.amazonaws.com/doc/2006-03-01/\"><s:K>v</s:K></s:Root>",
        "<Root a=\"1\"><K xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"T\">v</K></Root>",
        "<!-- c --><Root>\n  <K>v</K>\n</Root>\n<!-- c -->",
    ])
    func `declarations, namespaces, attributes and comments do not matter`(document: String) throws {
        #expect(try parse(document)["K"]?.text == "v")
    }

    @Test(arguments: [
        "<!DOCTYPE Root><Root/>", "<!DOCTYPE Root SYSTEM \"file:///etc/passwd\"><Root/>",
        "<!DOCTYPE Root [<!ENTITY e \"x\">]><Root>&e;</Root>", "<!DOCTYPE Root [<!ENTITY e \"x\">]><Root/>",
        "<!DOCTYPE Root [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><Root>&e;</Root>",
        "<?xml version=\"1.0\"?><!-- c --><!DOCTYPE Root [<!ELEMENT Root ANY>]><Root/>",
    ])
    func `any document type declaration is refused`(document: String) {
        expectMalformed(Array(document.utf8))
    }

    @Test func `entities that double ten thousand times are never unfolded`() {
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
    func `what is not well-formed or has another root is refused`(document: String) {
        expectMalformed(Array(document.utf8))
    }

    @Test func `a document cut off anywhere is refused`() {
        let document = Array("<?xml version=\"1.0\"?><Root a=\"1\"><K>é&lt;</K><![CDATA[x]]></Root>".utf8)
        for count in 0..<document.count { expectMalformed(Array(document[..<count])) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        expectMalformed(Array("<Root>".utf8) + [0xFF, 0xFE] + Array("</Root>".utf8))
        expectMalformed(Array("<Root>".utf8) + [0xC3] + Array("</Root>".utf8))
    }

    @Test(arguments: [(1, true), (32, true), (33, false), (10_000, false)])
    func `elements nest 32 deep and no deeper`(depth: Int, isTaken: Bool) {
        let inner = String(repeating: "<E>", count: depth - 1) + String(repeating: "</E>", count: depth - 1)
        let document = Array("<Root>\(inner)</Root>".utf8)
        if isTaken {
            #expect(throws: Never.self) { try XMLElement.parse(document, root: "Root") }
        } else {
            expectMalformed(document)
        }
    }

    @Test func `a document of two megabytes is read in a moment`() throws {
        let items = String(repeating: "<K>0123456789</K>", count: 120_000)
        let text = String(repeating: "&amp;", count: 400_000)
        var counts: [Int] = []
        let time = try processorTime {
            counts.append(try parse("<Root>\(items)</Root>").children.count)
            counts.append(try parse("<Root>\(text)</Root>").text.utf8.count)
        }
        #expect(counts == [120_000, 400_000])
        #expect(time < .seconds(10))
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
