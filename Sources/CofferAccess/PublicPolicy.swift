import CofferModel

/// Whether a bucket policy is public: whether it allows something to anyone who is not named by fixed values.
///
/// Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of 'public'".
package enum PublicPolicy {
    /// Keys that narrow a statement down to somebody, where they are compared with fixed values.
    private static let narrowingKeys: Set = [
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourcearn",
        "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount", "aws:userid", "aws:username",
        "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
    ]
    private static let narrowingOperators: Set = ["stringequals", "stringlike", "arnequals", "arnlike"]

    /// - Parameter document: a policy that was read and found to be well-formed.
    package static func isPublic(_ document: [UInt8]) -> Bool {
        guard let members = JSONValue(document: document)?.object else { return false }
        if case .array(let statements)? = members["Statement"] { return statements.contains(where: isPublic) }
        return members["Statement"].map(isPublic) ?? false
    }

    private static func isPublic(_ statement: JSONValue) -> Bool {
        guard let members = statement.object, members["Effect"]?.strings == ["Allow"] else { return false }
        return namesEveryone(members) && !isNarrowed(members["Condition"])
    }

    private static func namesEveryone(_ members: [String: JSONValue]) -> Bool {
        guard let principal = members["Principal"] else { return true }
        if let names = principal.strings { return names.contains("*") }
        return principal.object?.values.contains { $0.strings?.contains { $0.contains("*") } ?? true } ?? true
    }

    /// One condition that narrows is enough: all of them must hold.
    private static func isNarrowed(_ condition: JSONValue?) -> Bool {
        condition?.object?.contains { name, keys in
            keys.object?.contains { key, values in narrows(name.lowercased(), key.lowercased(), values) } ?? false
        } ?? false
    }

    private static func narrows(_ name: String, _ key: String, _ values: JSONValue) -> Bool {
        guard let texts = values.strings, !texts.isEmpty else { return false }
        if name == "ipaddress", key == "aws:sourceip" { return texts.allSatisfy { !isBroad($0) } }
        return narrowingOperators.contains(name) && narrowingKeys.contains(key)
            && texts.allSatisfy { text in !text.contains { "*?$".contains($0) } }
    }

    /// A range of addresses so broad that anyone may be in it.
    private static func isBroad(_ range: String) -> Bool {
        let parts = range.split(at: "/", maxSplits: 1)
        guard parts.count == 2, let length = Int(parts[1]) else { return false }
        return length < (range.utf8.contains(UInt8(ascii: ":")) ? 32 : 8)
    }
}
