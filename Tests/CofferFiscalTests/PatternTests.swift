import Testing

@testable import CofferFiscal

/// XML Schema Part 2, appendix F.
struct PatternTests {
    @Test(
        arguments: [
            ("", [""], ["a"]), ("abc", ["abc"], ["ab", "abcd", "xabc", ""]), ("^abc$", ["abc"], ["abcd"]),
            ("a|bc", ["a", "bc"], ["ab", "abc"]),
            ("a|b|c", ["a", "b", "c"], ["d", "ab", ""]), ("x(a|b)*y", ["xy", "xay", "xabby"], ["xcy", "x"]),
            ("a?b+c*", ["b", "ab", "abbcc"], ["a", "aab", "c"]), ("a{3}", ["aaa"], ["aa", "aaaa"]),
            ("a{2,}", ["aa", "aaaaa"], ["a"]),
            ("a{1,3}b", ["ab", "aaab"], ["b", "aaaab"]), ("(ab){0,2}", ["", "ab", "abab"], ["a", "ababab"]),
            ("a{0}", [""], ["a"]),
            ("[a-c1]", ["a", "c", "1"], ["d", "", "ab"]), ("[^a-c]", ["d", "é"], ["a", ""]),
            ("[]a]", ["]", "a"], ["b"]), ("[a-]", ["a", "-"], ["b"]),
            (#"\d{2}\.\d"#, ["01.1"], ["01x1", "1.1"]), (#"[\d.]+"#, ["1.2"], ["a"]),
            (#"\w+\s\w+"#, ["ab cd", "é b"], ["ab", "a  b"]),
            (#"\D\S\W"#, ["ab-"], ["1b-", "abc"]), (".", ["a", "é", "\u{1F3DB}"], ["\n", "ab"]),
            (#"a\|b"#, ["a|b"], ["a"]),
            ("(?:a|b)c", ["ac", "bc"], ["c"]), ("a*?b", ["b", "aab"], ["a"]), ("((a))", ["a"], ["b"]),
            ("(a*)*", ["", "aaa"], ["b"]), ("a||b", ["a", "", "b"], ["ab"]),
        ] as [(String, [String], [String])])
    func `A pattern matches whole texts`(pattern: String, good: [String], bad: [String]) throws {
        let pattern = try CellPattern(pattern)
        for text in good { #expect(pattern.matches(text), "\(text)") }
        for text in bad { #expect(!pattern.matches(text), "\(text)") }
    }

    @Test(arguments: [
        "(", ")", "(a", "a)", "[", "[a", "*", "+a", "?", "a{", "a{x}", "a{2,1}", "a{1,2,3}", "a{99999}", #"\"#, #"\1"#,
        #"\b"#,
        #"\p{L}"#, "(?=a)", "(?!a)", "(?<n>a)", "[b-a]", #"[\D]"#, "((a{1000}){1000})",
        String(repeating: "(", count: 60),
        String(repeating: "a", count: 1025),
    ])
    func `What is no pattern, or cannot be followed, is refused`(pattern: String) {
        #expect(throws: PatternFault.self) { try CellPattern(pattern) }
    }

    /// With backtracking these take longer than the universe is old.
    @Test(arguments: ["(a*)*b", "(a|a)*b", "(a|aa)+$b", "(.*)(.*)(.*)(.*)(.*)b"])
    func `No pattern makes matching endless`(pattern: String) throws {
        #expect(try !CellPattern(pattern).matches(String(repeating: "a", count: 5000)))
    }

    @Test func `Texts that are too long do not match`() throws {
        let pattern = try CellPattern("a*")
        #expect(pattern.matches(String(repeating: "a", count: CellPattern.matchedByteCount)))
        #expect(!pattern.matches(String(repeating: "a", count: CellPattern.matchedByteCount + 1)))
    }
}
