import CofferModel

/// The existing principals that the policies of buckets and roles may name.
package protocol PrincipalDirectory: Sendable {
    func hasAccount(id: String) -> Bool
    func hasAccount(canonicalID: String) -> Bool
    /// Returns the unique id, `AIDA…` or `AROA…`, of the user or role that currently has an IAM ARN; nil if there is
    /// none.
    func uniqueID(of arn: String) -> String?
    /// Returns the current ARN of the user or role with a unique id; nil if it no longer exists.
    func arn(of uniqueID: String) -> String?
}

/// The source of the unique ids for the users and roles that a resource's policy names.
///
/// AWS looks them up when a policy is saved: a principal that is recreated under the same name is a different one, and
/// a renamed principal stays the same.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal".
package enum PrincipalIDs: Sendable {
    /// The ids as of when the policy was saved, by the names in the document. Other names remain names.
    case saved([String: String])
    /// The ids of the principals that exist now, for a policy that is being saved. Principals that do not exist are
    /// refused, except for ids that the previous policy had, as those of deleted principals.
    case current(any PrincipalDirectory, former: Set<String>)

    func hasAccount(_ id: some StringProtocol) -> Bool {
        if case .current(let directory, _) = self { directory.hasAccount(id: String(id)) } else { true }
    }

    func hasAccount(canonicalID: String) -> Bool {
        if case .current(let directory, _) = self { directory.hasAccount(canonicalID: canonicalID) } else { true }
    }

    func hasUniqueID(_ id: String) -> Bool {
        guard case .current(let directory, let former) = self else { return true }
        return former.contains(id) || directory.arn(of: id) != nil
    }

    /// The identifier of a user or role in a statement.
    enum Identifier {
        case id(String)
        case arn(String)
    }

    /// - Returns: nil if no such principal exists.
    func identifier(of arn: String) -> Identifier? {
        switch self {
        case .saved(let ids): ids[arn].map { .id($0) } ?? .arn(arn)
        case .current(let directory, _): directory.uniqueID(of: arn).map { .id($0) }
        }
    }

    /// Whether a text has the format of the unique id of a user or role.
    ///
    /// Source: IAM User Guide, "IAM identifiers: Unique identifiers"; IAM API Reference, User.
    static func isUniqueID(_ text: String) -> Bool {
        (text.hasPrefix("AIDA") || text.hasPrefix("AROA")) && (16...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) }
    }
}

extension Policy {
    /// Returns a document as AWS shows it: a principal that was renamed after the policy was saved appears under its
    /// new ARN, and a deleted one under its unique id. All other bytes are unchanged.
    ///
    /// - Parameter ids: the saved unique ids, by the names in the document.
    package static func shown(
        _ document: [UInt8], ids: [String: String], in directory: some PrincipalDirectory
    ) -> [UInt8] {
        let names = ids.mapValues { directory.arn(of: $0) ?? $0 }.filter { $0.key != $0.value }
        guard !names.isEmpty else { return document }
        var shown: [UInt8] = []
        var position = 0
        for principal in principals(in: document) {
            guard let name = principal.string.flatMap({ names[$0] }) else { continue }
            shown += document[position..<principal.range.lowerBound] + Array(JSONValue.quoted(name).utf8)
            position = principal.range.upperBound
        }
        return shown + document[position...]
    }

    /// Returns the values for AWS principals, in the order of the document.
    private static func principals(in document: [UInt8]) -> [JSONValue] {
        let value = try? JSONValue(document: document)  // Invalid JSON names no principal.
        return (value?.object?["Statement"]?.statements ?? []).flatMap { statement in
            let named = statement.object?["Principal"] ?? statement.object?["NotPrincipal"]
            return named?.object?["AWS"].map { $0.array ?? [$0] } ?? []
        }
    }
}
