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
        #expect(Self.fields(in: bytes[4..<(bytes.count - 1)], startingWith: "") == fields)
        #expect(try StoredAttributes(fieldLines: lines, tagQuery: "").fields.map { "\($0)=\($1)" } == fields)
    }

    @Test(
        arguments: [
            ("", []), ("x-a:1\n", ["x-a=1"]), ("x-a:1\nb:2\nx-:3\nX-a:4\nx\n", ["x-a=1", "x-=3"]),
            ("b:x-a:1\nx-c:", ["x-c="]),
        ] as [(String, [String])])
    func `Only lines with a prefix are read`(lines: String, fields: [String]) {
        #expect(Self.fields(in: Array(lines.utf8)[...], startingWith: "x-") == fields)
    }

    private static func fields(in lines: ArraySlice<UInt8>, startingWith prefix: StaticString) -> [String] {
        var (found, walk) = ([String](), FieldLines())
        while let field = walk.next(in: lines.span, startingWith: prefix) {
            let name = String(copying: lines.span.extracting(field.name))
            let value = String(copying: lines.span.extracting(field.value))
            found.append("\(name)=\(value)")
        }
        return found
    }
}
