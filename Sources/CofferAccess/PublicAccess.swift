/// What a bucket's policy opens to everyone.
extension Policy {
    /// Whether it is public: whether a statement allows something to everyone, without a condition that holds only for
    /// fixed values of who asks or where from.
    ///
    /// Source: S3 User Guide, "The meaning of 'public'".
    package var isPublic: Bool {
        statements.contains { statement in
            statement.isAllow && statement.principals?.isEveryone == true
                && !statement.conditions.contains(where: \.restrictsToFixedValues)
        }
    }

    /// Whether it lets anonymous requests do something with any of its keys at all, under whatever condition.
    package func mayEverAllowAnonymous(_ action: String) -> Bool {
        let action = action.lowercased()
        return statements.contains { statement in
            statement.isAllow && statement.principals?.isEveryone == true && statement.concerns(action: action)
        }
    }
}

extension Condition {
    /// Whether it holds only for values that are fixed, of a key that tells who asks or where from.
    fileprivate var restrictsToFixedValues: Bool {
        guard !isNegated, !ifExists, quantifier != .allValues else { return false }
        switch test {
        case .networks(let networks):
            return key.name == .sourceIP && networks.allSatisfy { !$0.isBroad }
        case .text(let templates):
            // What anonymous requests have themselves keeps nobody out.
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
