import CofferModel

/// Who there is of those whom the policies of buckets and roles may name.
package protocol PrincipalDirectory: Sendable {
    func hasAccount(id: String) -> Bool
    func hasAccount(canonicalID: String) -> Bool
    /// The unique id, `AIDA…` or `AROA…`, of the user or role that has an ARN of IAM now; nil if there is none.
    func uniqueID(of arn: String) -> String?
    /// The ARN that the user or role of a unique id has now; nil if there is none any more.
    func arn(of uniqueID: String) -> String?
}

/// How the names of users and roles in a resource's policy become unique ids.
///
/// AWS looks them up when a policy is saved: who is made anew under a name is somebody else, and who is renamed is not.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal".
package enum PrincipalIDs: Sendable {
    /// As it was when the policy was saved: ids by the names that stand in it. Other names stay names.
    case saved([String: String])
    /// By who there is now, for a policy that is to be saved: who is not there is refused, but for ids that the policy
    /// had before, as somebody has who is gone.
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

    /// What a statement calls a user or role by.
    enum Identifier {
        case id(String)
        case arn(String)
    }

    /// - Returns: nil for nobody.
    func identifier(of arn: String) -> Identifier? {
        switch self {
        case .saved(let ids): ids[arn].map { .id($0) } ?? .arn(arn)
        case .current(let directory, _): directory.uniqueID(of: arn).map { .id($0) }
        }
    }

    /// Whether a text has the form of a user's or role's unique id.
    ///
    /// Source: IAM User Guide, "IAM identifiers: Unique identifiers"; IAM API Reference, User.
    static func isUniqueID(_ text: String) -> Bool {
        (text.hasPrefix("AIDA") || text.hasPrefix("AROA")) && (16...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) }
    }
}

extension Policy {
    /// A document as AWS shows it: who was renamed since it was saved stands there under the new ARN, and who is gone
    /// under the unique id. All other bytes are as they were put.
    ///
    /// - Parameter ids: the unique ids as they were saved, by the names in the document.
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

    /// What stands in the document for principals of AWS, in its order.
    private static func principals(in document: [UInt8]) -> [JSONValue] {
        let value = try? JSONValue(document: document)  // A document that is not JSON names no principal.
        return (value?.object?["Statement"]?.statements ?? []).flatMap { statement in
            let named = statement.object?["Principal"] ?? statement.object?["NotPrincipal"]
            return named?.object?["AWS"].map { $0.array ?? [$0] } ?? []
        }
    }
}
