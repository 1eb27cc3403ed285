import CofferTestSupport
import Testing

@testable import CofferAccess

struct PatternTests {
    @Test(arguments: [
        ("", "", true), ("", "a", false), ("a", "", false), ("*", "", true), ("*", "anything/at all", true),
        ("?", "", false),
        ("?", "a", true), ("a*c", "ac", true), ("a*c", "abbbc", true), ("a*c", "abbbcd", false), ("*c", "abcc", true),
        ("a?*", "a", false), ("a?*", "ab", true), ("**", "x", true), ("*a*b*", "xxaxxbxx", true),
        ("*a*b*", "xxbxxaxx", false),
        ("a.c", "abc", false), ("[ab]", "a", false), ("a\\*", "a*", false), ("*/*.csv", "a/b/c.csv", true),
    ])
    func `A star stands for any characters and a question mark for one`(pattern: String, text: String, matches: Bool) {
        #expect(Pattern(pattern).matches(text) == matches)
    }

    @Test(arguments: ["é", "語", "😀"])
    func `A question mark stands for one character of any script`(character: String) {
        #expect(Pattern("a?c").matches("a\(character)c"))
        #expect(!Pattern("a??c").matches("a\(character)c"))
    }

    @Test func `A literal's wildcards stand for themselves`() {
        #expect(Pattern(literal: "a*").matches("a*"))
        #expect(!Pattern(literal: "a*").matches("ab"))
        #expect(!Pattern(literal: "?").matches("a"))
    }

    @Test func `Every short pattern agrees with the definition on every short text`() {
        for pattern in Self.words(over: "ab*?", upTo: 4) {
            let compiled = Pattern(String(pattern))
            for text in Self.words(over: "ab", upTo: 4) {
                #expect(
                    compiled.matches(String(text)) == Self.matches(pattern[...], text[...]), "\(pattern) on \(text)")
            }
        }
    }

    @Test(arguments: [
        String(repeating: "a*", count: 5000) + "b", String(repeating: "*a", count: 5000) + "b",
        String(repeating: "*", count: 10_000) + "b",
        String(repeating: "?*", count: 500) + "b", "*" + String(repeating: "a", count: 500) + "b",
    ])
    func `Patterns made to take exponential time take no time`(pattern: String) {
        let text = String(repeating: "a", count: 1024)
        let time = processorTime { #expect(!Pattern(pattern).matches(text)) }
        #expect(time < .seconds(2))
    }

    /// The definition itself.
    private static func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        switch pattern.first {
        case nil: text.isEmpty
        case "*": matches(pattern.dropFirst(), text) || (!text.isEmpty && matches(pattern, text.dropFirst()))
        case "?": !text.isEmpty && matches(pattern.dropFirst(), text.dropFirst())
        case let character: text.first == character && matches(pattern.dropFirst(), text.dropFirst())
        }
    }

    private static func words(over alphabet: String, upTo length: Int) -> [[Character]] {
        var words: [[Character]] = [[]]
        var longest: [[Character]] = [[]]
        for _ in 0..<length {
            longest = longest.flatMap { word in alphabet.map { word + [$0] } }
            words += longest
        }
        return words
    }
}

struct NetworkTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.9.8.7/8", "10.0.0.1", true),
        ("192.168.1.128/25", "192.168.1.128", true), ("192.168.1.128/25", "192.168.1.127", false),
        ("0.0.0.0/0", "255.1.2.3", true),
        ("1.2.3.4", "1.2.3.4", true), ("1.2.3.4", "1.2.3.5", false), ("1.2.3.4/32", "1.2.3.4", true),
        ("1.2.3.4/31", "1.2.3.5", true),
        ("1.2.3.4/31", "1.2.3.6", false), ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8::/33", "2001:db8:8000::", false), ("::1", "::1", true), ("::/0", "fe80::1", true),
        ("::/0", "10.0.0.1", false),
        ("0.0.0.0/0", "::1", false), ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("::ffff:10.0.0.1", "10.0.0.1", true),
        ("10.0.0.0/8", "", false), ("10.0.0.0/8", "10.0.0", false), ("10.0.0.0/8", "10.0.0.1:80", false),
        ("10.0.0.0/8", "x", false),
    ])
    func `A network contains the addresses that begin like it`(network: String, address: String, contains: Bool) throws
    {
        #expect(try #require(Network(network)).contains(address) == contains)
    }

    @Test(arguments: [
        "", "/", "10", "10.0.0", "10.0.0.0.0", "10.0.0.256", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8",
        "10.0.0.0/x",
        "/8", " 10.0.0.0/8", "10.0.0.0/8 ", "::/129", "::g", "1::2::3", "host", "10.0.0.0/+8", "*",
    ])
    func `Text that is no network is refused`(text: String) {
        #expect(Network(text) == nil)
    }

    @Test func `Every prefix length keeps exactly its bits`() throws {
        for length in 0...32 {
            let network = try #require(Network("170.204.240.15/\(length)"))
            for bit in 0..<32 {
                let address = 0xAACC_F00F ^ (UInt32(0x8000_0000) >> UInt32(bit))
                let text = [24, 16, 8, 0].map { String(address >> UInt32($0) & 255) }.joined(separator: ".")
                #expect(network.contains(text) == (bit >= length), "bit \(bit) of /\(length)")
            }
        }
    }
}
