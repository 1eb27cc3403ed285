/// Text of a policy in which `*` matches any number of characters and `?` exactly one.
///
/// Comparison is on UTF-8, byte by byte.
final class Pattern: Sendable {
    /// The bytes before the first wildcard.
    let prefix: [UInt8]
    /// The first wildcard and everything after it: bytes, ``anyText`` and ``anyCharacter``.
    let rest: [UInt16]

    /// The units for wildcards. They are not bytes, so that inserted text can never act as a wildcard.
    static let anyText: UInt16 = 256
    static let anyCharacter: UInt16 = 257

    init(units: [UInt16]) {
        let start = units.firstIndex { $0 > 255 } ?? units.endIndex
        prefix = units[..<start].map { UInt8($0) }
        rest = Array(units[start...])
    }

    convenience init(_ text: String) { self.init(units: Self.units(of: text)) }

    /// Creates a pattern without wildcards, in which `*` and `?` match themselves.
    init(literal text: String) {
        prefix = Array(text.utf8)
        rest = []
    }

    static func units(of text: some StringProtocol, hasWildcards: Bool = true) -> [UInt16] {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "*") where hasWildcards: anyText
            case UInt8(ascii: "?") where hasWildcards: anyCharacter
            default: UInt16(byte)
            }
        }
    }

    var isLiteral: Bool { rest.isEmpty }

    /// Matches without a limit on steps, for texts that do not come from the request.
    func matches(_ text: String) -> Bool {
        var steps = Int.max
        return matches(text.utf8Span.span, stepsLeft: &steps) == true
    }

    /// Matches in at most pattern × text steps, without recursion.
    ///
    /// - Parameter stepsLeft: the number of remaining steps, which is reduced by those taken.
    /// - Returns: nil if more steps would be needed.
    func matches(_ text: Span<UInt8>, stepsLeft: inout Int) -> Bool? {
        stepsLeft -= prefix.count
        guard stepsLeft > 0 else { return nil }
        guard text.count >= prefix.count else { return false }
        for index in prefix.indices where prefix[index] != text[index] { return false }
        guard !rest.isEmpty else { return text.count == prefix.count }
        return rest == [Self.anyText] ? true : matchesRest(text, &stepsLeft)
    }

    private func matchesRest(_ text: Span<UInt8>, _ stepsLeft: inout Int) -> Bool? {
        var (pattern, position) = (0, prefix.count)
        var retry: (pattern: Int, position: Int)?
        while position < text.count {
            guard stepsLeft > 0 else { return nil }
            stepsLeft -= 1
            if pattern < rest.count, rest[pattern] == Self.anyText {
                retry = (pattern + 1, position)
                pattern += 1
            } else if pattern < rest.count, rest[pattern] == Self.anyCharacter {
                pattern += 1
                position += 1
                // Skips a character, not a byte: the continuation bytes of UTF-8 begin with the bits 10.
                while position < text.count, text[position] & 0xC0 == 0x80 { position += 1 }
            } else if pattern < rest.count, rest[pattern] == UInt16(text[position]) {
                pattern += 1
                position += 1
            } else if let last = retry {
                retry = (last.pattern, last.position + 1)
                (pattern, position) = (last.pattern, last.position + 1)
            } else {
                return false
            }
        }
        return rest[pattern...].allSatisfy { $0 == Self.anyText }
    }
}
