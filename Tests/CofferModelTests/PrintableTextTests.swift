import CofferModel
import Testing

struct PrintableTextTests {
    @Test(
        arguments: [
            ("", ""), ("a b ü 日本 '\"\\", "a b ü 日本 '\"\\"), ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1B}[31mred\u{7F}", "\\u{1b}[31mred\\u{7f}"), ("\u{9B}2J", "\\u{9b}2J"),
            ("\u{202E}fdp.exe", "\\u{202e}fdp.exe"), ("\u{2028}\u{2066}", "\\u{2028}\\u{2066}"),
        ])
    func `What would control a terminal is an escape`(text: String, shown: String) {
        #expect(printable(text) == shown)
        #expect(printable(shown) == shown)
    }
}
