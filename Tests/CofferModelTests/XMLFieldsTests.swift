import CofferModel
import Testing

struct XMLFieldsTests {
    @Test func `A row has its fields in order, and what follows it comes behind them`() {
        let (bytes, quoted) = (Array("é&".utf8), Array("\"x".utf8))
        let text = Self.written { xml in
            xml.row("Row", room: 200) { row in
                row.element("Text", "a<b")
                row.raw("<Plain>MD5</Plain>")
                row.element("Bytes", bytes.span)
                row.element("Quoted", quoted: quoted.span)
                row.element("Owner") { $0.element("ID", "1") }
            }
            xml.element("Next", "")
        }
        #expect(
            text == """
                <Row><Text>a&lt;b</Text><Plain>MD5</Plain><Bytes>é&amp;</Bytes>\
                <Quoted>&quot;&quot;x&quot;</Quoted><Owner><ID>1</ID></Owner></Row><Next></Next>
                """)
    }

    @Test(arguments: [0, 7, 10, 99, 100, -1, -10, .max, .min] as [Int64])
    func `A number is written in decimal`(number: Int64) {
        let text = Self.written { xml in xml.row("R", room: 32) { $0.element("N", number) } }
        #expect(text == "<R><N>\(number)</N></R>")
    }

    /// Of times of one day, only the clock's digits are written anew.
    @Test func `A date is the same whichever was written before it`() {
        let day: Int64 = 86_400
        let seconds: [Int64] = [
            0, 1, day - 1, day, 59, 60, 3599, 3600, -1, -day, 0, -1, 2 * day - 1, 1_795_470_960, 1_795_470_961,
            1_795_470_960 + day, 951_782_400, 951_782_400 - 1, 253_402_300_799, 253_402_300_800, 253_402_300_799,
            300_000_000_000, .max / 1000, .min / 1000, 5,
        ]
        var dates = DatesOfADay()
        for seconds in seconds {
            let time = Timestamp(milliseconds: seconds * 1000 + 7)
            let text = Self.written { xml in xml.row("R", room: 64) { $0.element("D", time, &dates) } }
            #expect(text == Self.written { xml in xml.row("R", room: 64) { $0.element("D", time) } })
        }
    }

    /// Text is looked at eight bytes at a time, from both ends.
    @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100])
    func `A special character is escaped wherever it stands, and every other byte is kept`(count: Int) {
        for (special, escaped) in [
            ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("\u{1f}", "&#x1f;"), ("\u{0}", "&#x0;"),
            ("\t", "\t"), (" ", " "), ("!", "!"), ("=", "="), ("\u{7f}", "\u{7f}"), ("é", "é"),
            ("\u{10ffff}", "\u{10ffff}"),
        ] {
            for place in 0...count {
                let before = String(repeating: "a", count: place)
                let after = String(repeating: "ÿ", count: count - place)
                let text = before + special + after
                let expected = "<E>\(before + escaped + after)</E>"
                #expect(Self.written { $0.element("E", text) } == expected)
                let row = Self.written { xml in
                    let bytes = Array(text.utf8)
                    xml.row("R", room: 6 * bytes.count + 16) { $0.element("E", bytes.span) }
                }
                #expect(row == "<R>\(expected)</R>")
            }
        }
    }

    @Test func `A row may fill its room to the last byte`() {
        let text = String(repeating: "&", count: 5000)
        let row = Self.written { xml in xml.row("R", room: 25_007) { $0.element("E", text) } }
        #expect(row == "<R><E>\(String(repeating: "&amp;", count: 5000))</E></R>")
    }

    @Test func `More than a row has room for is never written`() async {
        await #expect(processExitsWith: .failure) {
            _ = XMLWriter.document("Root") { xml in
                xml.row("R", room: 1 << 20) { _ in }
                xml.row("R", room: 1) { $0.element("E", String(repeating: "a", count: 8 << 20)) }
            }
        }
    }

    /// What is written behind the declaration.
    private static func written(_ content: (inout XMLWriter) -> Void) -> String {
        var xml = XMLWriter()
        let start = xml.bytes.count
        content(&xml)
        return String(decoding: xml.bytes[start...], as: UTF8.self)
    }
}
