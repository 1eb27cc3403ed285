import Testing

@testable import CofferModel

/// Source: RFC 8259 sections 2 and 9.
struct JSONValueTests {
    private func reads(_ text: String, allowsJSON5: Bool = false) -> Bool {
        JSONValue(document: Array(text.utf8), allowsJSON5: allowsJSON5) != nil
    }

    @Test(arguments: ["[1,]", "[1 , \n]", #"{"a": [1], }"#, #"{"a": "\\",}"#, "[,]"])
    func `a comma with nothing behind it is no JSON`(_ text: String) { #expect(!reads(text)) }

    @Test(arguments: [#"[",]"]"#, #"["\",]", 1]"#, #"{"a,": "}"}"#, "[]", #"[[1], {"a": []}, 2]"#])
    func `a comma in a string or between values is one`(_ text: String) { #expect(reads(text)) }

    @Test(arguments: [false, true])
    func `nesting has a limit, since its square is the decoder's time`(allowsJSON5: Bool) {
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(reads(nested(32), allowsJSON5: allowsJSON5))
        #expect(!reads(nested(33), allowsJSON5: allowsJSON5))
        #expect(reads("[" + Array(repeating: nested(31), count: 40).joined(separator: ",") + "]"))
        #expect(reads(#"[""# + String(repeating: "[", count: 100) + #""]"#, allowsJSON5: allowsJSON5))
    }
}
