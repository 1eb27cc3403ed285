/// Returns a text in a form that a shell takes as one word: unchanged if that is safe, otherwise in single quotes.
func shellWord(_ text: String) -> String {
    let isSafe = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "+/=_-.,:@%".utf8.contains(byte)
        }
    }
    return isSafe && !text.isEmpty ? text : shellQuoted(text)
}

/// Returns a text in single quotes for a shell.
func shellQuoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
