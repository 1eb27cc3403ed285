/// Names are unique regardless of case, and are stored as they were given.
///
/// Source: IAM User Guide, "IAM identifiers: Friendly names and paths". In an ARN, case counts.
extension Dictionary where Key == String, Value: IAMEntity {
    /// Returns the entity of a name, in any letter case. The catalog has no two entities of a kind whose names differ
    /// only in case.
    package func named(_ name: String) -> Value? {
        self[name] ?? values.first { isEqualIgnoringCase($0.name.utf8, name.utf8) }
    }
}

/// Returns whether two names are equal regardless of the case of ASCII letters, which are the only letters in names.
private func isEqualIgnoringCase(_ left: String.UTF8View, _ right: String.UTF8View) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { lowered($0) == lowered($1) }
}

private func lowered(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }
