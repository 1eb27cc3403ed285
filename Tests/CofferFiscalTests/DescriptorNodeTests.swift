import CofferModel
import Testing

@testable import CofferFiscal

/// RFC 6901 for pointers.
struct DescriptorNodeTests {
    private func root(_ text: String) throws -> DescriptorNode {
        let bytes = Array(text.utf8)
        return DescriptorDocument(file: "f", bytes: bytes, value: try JSONValue(document: bytes)).root
    }

    /// The places of a node and of all that is in it but nulls.
    private func places(_ node: DescriptorNode) -> [String] {
        let own = "\(node.location.pointer ?? "-") \(node.location.line)"
        return [own] + node.items.flatMap(places) + node.members.map(\.node).flatMap(places)
    }

    @Test func `Every value has its line and its pointer`() throws {
        let text = """
            {
              "a": [1, {"b": "x,]}\\"y"},
                    []],
              "c/d~e": 0, "é": {
                "f": -1.5e3 },
              "": true
            }
            """
        #expect(
            try places(root(text)) == [
                " 1", "/a 2", "/a/0 2", "/a/1 2", "/a/1/b 2", "/a/2 3", "/c~1d~0e 4", "/é 4", "/é/f 5", "/ 6",
            ])
    }

    @Test func `Long names are not written out for all that stands below them`() throws {
        let name = String(repeating: "n", count: 5000)
        let node = try #require(try root("{\"\(name)\": [0, 1]}")[name])
        #expect(node.items.map(\.location.pointer) == [nil, nil])
        #expect(node.items.map(\.location.line) == [1, 1])
    }

    @Test func `A null is a member, and says nothing`() throws {
        let node = try root(#"{"a": null, "b": 1}"#)
        #expect(node["a"] == nil && node.member("a") != nil && node.member("c") == nil)
        #expect(node.members.map(\.name) == ["b"])
    }

    @Test func `Cells have all digits of their numbers`() throws {
        let items = try root("[1, 1.0, 1e2, 0.10, 123456789012345678901234567890, true, \"x\", null]").items
        #expect(items.map(\.cellText) == ["1", "1", "100", "0.10", "123456789012345678901234567890", "true", "x", nil])
    }
}
