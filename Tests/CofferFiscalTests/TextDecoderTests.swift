import Testing

@testable import CofferFiscal

struct TextDecoderTests {
    private struct UnknownEncoding: Error {}

    private static func decode(_ pieces: [[UInt8]], _ encoding: String) throws -> (text: [UInt8], hadMark: Bool) {
        guard var decoder = TextDecoder(encoding: encoding) else { throw UnknownEncoding() }
        var text: [UInt8] = []
        for piece in pieces { text += decoder.decode(piece) }
        text += decoder.finish()
        return (text, decoder.hadByteOrderMark)
    }

    @Test(
        arguments: [
            ("utf-8", [0x63, 0xC3, 0xA9]), ("UTF8", [0x63, 0xC3, 0xA9]), ("iso-8859-1", [0x63, 0xE9]),
            ("latin-1", [0x63, 0xE9]),
            ("latin1", [0x63, 0xE9]), ("windows-1252", [0x63, 0xE9]), ("cp1252", [0x63, 0xE9]),
            ("iso-8859-2", [0x63, 0xE9]),
            ("utf-16", [0xFF, 0xFE, 0x63, 0, 0xE9, 0]), ("utf-16", [0xFE, 0xFF, 0, 0x63, 0, 0xE9]),
            ("utf-16le", [0x63, 0, 0xE9, 0]),
            ("macintosh", [0x63, 0x8E]),
        ] as [(String, [UInt8])])
    func `Text of an encoding becomes UTF-8, however it is cut`(encoding: String, bytes: [UInt8]) throws {
        #expect(try Self.decode([bytes], encoding).text == Array("cé".utf8))
        #expect(try Self.decode(bytes.map { [$0] }, encoding).text == Array("cé".utf8))
    }

    @Test(arguments: ["", "utf-9", "latin-1//TRANSLIT", "utf-8/ignore", "../../etc/passwd", "a b", "ütf-8"])
    func `Other names are none`(encoding: String) {
        #expect(throws: UnknownEncoding.self) { try Self.decode([], encoding) }
    }

    @Test func `A byte order mark is taken off and told`() throws {
        for pieces in [[[0xEF, 0xBB, 0xBF, 0x61]], [[0xEF], [0xBB], [0xBF], [0x61]]] as [[[UInt8]]] {
            let (text, hadMark) = try Self.decode(pieces, "utf-8")
            #expect(text == [0x61] && hadMark)
        }
        #expect(try Self.decode([[0xEF, 0xBB]], "utf-8").text == [0xEF, 0xBB])
        #expect(try !Self.decode([[0x61]], "utf-8").hadMark)
    }

    @Test func `What is no text becomes a byte that UTF-8 never has`() throws {
        #expect(try Self.decode([[0x61, 0x81, 0x62]], "windows-1252").text == [0x61, 0xFF, 0x62])
        #expect(try Self.decode([[0x61, 0, 0x62]], "utf-16le").text == [0x61, 0xFF])
        #expect(try Self.decode([[0x61, 0xE9]], "ascii").text == [0x61, 0xFF])
    }
}
