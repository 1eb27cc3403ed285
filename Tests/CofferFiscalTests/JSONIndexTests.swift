import Testing

@testable import CofferFiscal

/// RFC 6901 for pointers.
struct JSONIndexTests {
    @Test func `every value has its line, by its pointer`() {
        let text = """
            {
              "a": [1, {"b": "x,]}\\"y"},
                    []],
              "c/d~e": null, "é": {
                "f": -1.5e3 },
              "": true
            }
            """
        let lines = JSONIndex(Array(text.utf8)).lines
        #expect(
            lines == [
                "": 1, "/a": 2, "/a/0": 2, "/a/1": 2, "/a/1/b": 2, "/a/2": 3, "/c~1d~0e": 4, "/é": 4, "/é/f": 5, "/": 6,
            ])
    }

    @Test func `long names are not written out for all that stands below them`() {
        let name = String(repeating: "n", count: 100_000)
        let items = String(repeating: "0,", count: 20_000)
        let index = JSONIndex(Array("{\"\(name)\": [\(items)0]}".utf8))
        #expect(index.isTooLarge)
        #expect(index.lines.count < 2000)
    }

    @Test func `names keep their order, and those that stand twice are told`() {
        let index = JSONIndex(Array(#"{"b": 1, "a": {"x": [{"y": 1, "y": 2}]}, "b": 2, "c": 3, "\u0061": 4}"#.utf8))
        #expect(index.names[""] == ["b", "a", "c"])
        #expect(index.duplicates == ["/a/x/0/y", "/b", "/a"])
    }

    @Test func `the members of an object that stands twice are told once`() {
        let index = JSONIndex(Array(#"{"a": {"x": 1, "y": 2}, "a": {"y": 3, "z": 4}}"#.utf8))
        #expect(index.names["/a"] == ["x", "y", "z"])
        #expect(index.duplicates == ["/a", "/a/y"])
    }
}
