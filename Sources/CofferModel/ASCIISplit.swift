extension StringProtocol {
    /// Splits at an ASCII character, byte by byte.
    ///
    /// `split(separator:)` compares whole characters: it finds no "=" in "=" followed by a combining accent.
    package func split(
        at separator: Unicode.Scalar, maxSplits: Int = .max, keepingEmpty: Bool = false
    ) -> [Substring] {
        Substring(self).utf8
            .split(separator: UInt8(ascii: separator), maxSplits: maxSplits, omittingEmptySubsequences: !keepingEmpty)
            .map { Substring($0) }
    }
}
