/// Names are told apart without regard to the case of their letters, and kept as they were given.
///
/// Source: IAM User Guide, "IAM identifiers: Friendly names and paths". In an ARN, case counts.
extension Dictionary where Key == String, Value: IAMEntity {
    /// The entity of a name, in whatever case its letters are written. The catalog has no two of a kind that differ by
    /// nothing else.
    package func named(_ name: String) -> Value? {
        self[name] ?? values.first { isEqualIgnoringCase($0.name.utf8, name.utf8) }
    }
}

/// Letters of ASCII, which names consist of.
private func isEqualIgnoringCase(_ left: String.UTF8View, _ right: String.UTF8View) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { lowered($0) == lowered($1) }
}

private func lowered(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }
