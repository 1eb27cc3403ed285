/// The access that a bucket policy gives to everyone.
extension Policy {
    /// Whether the policy is public: whether a statement allows something to everyone, without a condition that
    /// restricts the caller or the source of the request to fixed values.
    ///
    /// Source: S3 User Guide, "The meaning of 'public'".
    package var isPublic: Bool {
        statements.contains { statement in
            statement.isAllow && statement.principals?.isEveryone == true
                && !statement.conditions.contains(where: \.restrictsToFixedValues)
        }
    }

    /// Whether the policy could allow anonymous requests an action on any key, under any condition.
    package func mayEverAllowAnonymous(_ action: String) -> Bool {
        let action = action.lowercased()
        return statements.contains { statement in
            statement.isAllow && statement.principals?.isEveryone == true && statement.concerns(action: action)
        }
    }
}

extension Condition {
    /// Whether the condition holds only for fixed values of a key that identifies the caller or the source of the
    /// request.
    fileprivate var restrictsToFixedValues: Bool {
        guard !isNegated, !ifExists, quantifier != .allValues else { return false }
        switch test {
        case .networks(let networks):
            return key.name == .sourceIP && networks.allSatisfy { !$0.isBroad }
        case .text(let templates):
            // The user id of anonymous requests restricts no one.
            let isAnonymous = key.name == .userID && templates.contains { $0.fixed?.matches("anonymous") == true }
            return Self.fixingKeys.contains(key.text) && !templates.isEmpty && templates.allSatisfy(\.isFixed)
                && !isAnonymous
        case .arns(let patterns):
            if key.text == "s3:dataaccesspointarn" {
                return !patterns.isEmpty && patterns.allSatisfy(\.hasFixedAccount)
            }
            return Self.fixingKeys.contains(key.text) && !patterns.isEmpty && patterns.allSatisfy(\.isFixed)
        default: return false
        }
    }

    private static let fixingKeys: Set<String> = [
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
        "aws:principalservicename", "aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "aws:sourcevpc",
        "aws:sourcevpce", "aws:userid", "aws:username", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
    ]
}
