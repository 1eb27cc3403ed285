import CofferModel
import CofferStorage

extension QueryParameters {
    /// The description that a request gives; nil if it gives none.
    ///
    /// Source: IAM API Reference, CreateRole and CreatePolicy.
    ///
    /// - Parameter isLatin: whether it holds nothing beyond Latin-1, as those of roles.
    /// - Throws: `ValidationError` for more than 1,000 characters, or for control characters but tab and line ends.
    func description(isLatin: Bool) throws(S3Error) -> String? {
        guard let text = self["Description"] else { return nil }
        guard text.unicodeScalars.count <= 1000 else {
            throw Self.invalid("Value", "Description", "Member must have length less than or equal to 1000")
        }
        guard text.unicodeScalars.allSatisfy({ Self.isText($0) && (!isLatin || $0.value <= 0xFF) }) else {
            throw Self.invalid(
                "Value", "Description", "Member must hold \(isLatin ? "Latin-1 and " : "")no control characters")
        }
        return text
    }

    private static func isText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E: true
        case 0...0xA0, 0xFFFE, 0xFFFF: false
        default: true
        }
    }
}

extension IAMDirectory {
    /// Bytes of all policy documents, white space counted, and of all tags: they are all held in memory.
    var textByteCount: Int {
        func inline(_ holders: some Collection<some IAMPolicyHolder>) -> Int {
            holders.reduce(0) { $0 + $1.inlinePolicies.values.reduce(0) { $0 + $1.utf8.count } }
        }
        let managed = policies.values.reduce(0) { $0 + $1.versions.reduce(0) { $0 + $1.document.utf8.count } }
        let trust = roles.values.reduce(0) { $0 + $1.trustPolicy.utf8.count }
        let tags = users.values.map(\.tags) + roles.values.map(\.tags) + policies.values.map(\.tags)
        let tagged = tags.joined().reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        return managed + trust + tagged + inline(users.values) + inline(groups.values) + inline(roles.values)
    }
}
