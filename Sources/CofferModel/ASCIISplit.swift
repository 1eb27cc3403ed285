extension StringProtocol {
    /// Splits at a character of ASCII, byte by byte.
    ///
    /// `split(separator:)` looks at whole characters: in "=" followed by a combining accent it finds no "=".
    package func split(
        at separator: Unicode.Scalar, maxSplits: Int = .max, keepingEmpty: Bool = false
    ) -> [Substring] {
        Substring(self).utf8
            .split(separator: UInt8(ascii: separator), maxSplits: maxSplits, omittingEmptySubsequences: !keepingEmpty)
            .map { Substring($0) }
    }
}
