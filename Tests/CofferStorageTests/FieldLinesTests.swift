import Testing

@testable import CofferStorage

struct FieldLinesTests {
    @Test(
        arguments: [
            ("", []), ("a:1\n", ["a=1"]), ("a:1\nb:\n", ["a=1", "b="]), ("a:b:c\n", ["a=b:c"]), ("a:1", ["a=1"]),
            ("\n\na:1\n\n", ["a=1"]), ("a\nb:2\n", ["a=", "b=2"]), (":1\n", ["=1"]), ("é:ü\n", ["é=ü"]),
        ] as [(String, [String])])
    func `Fields are read as an object's are`(lines: String, fields: [String]) throws {
        // Not at the start of the array, as in a row.
        let bytes = Array("x:y\n\(lines)z".utf8)
        var found: [String] = []
        FieldLines(bytes[4..<(bytes.count - 1)]).forEach { name, value in
            found.append("\(Self.text(name))=\(Self.text(value))")
        }
        #expect(found == fields)
        #expect(try StoredAttributes(fieldLines: lines, tagQuery: "").fields.map { "\($0)=\($1)" } == fields)
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
