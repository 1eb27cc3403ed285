import CofferAccess
import CofferModel
import CofferStorage

/// The quotas of IAM. Source: IAM User Guide, "IAM and AWS STS quotas"; adjustable quotas have their default values.
package enum IAMLimits {
    package static let accounts = 100
    static let users = 5000
    static let groups = 300
    static let roles = 1000
    static let policies = 1500
    package static let accessKeysPerUser = 2
    static let groupsPerUser = 10
    static let attachedPolicies = 10
    static let policyVersions = 5
    static let tags = 50
    /// Characters of documents without white space: of a managed policy, and of all inline policies of a user, group or
    /// role together.
    static let managedPolicy = 6144
    static let userPolicies = 2048
    static let groupPolicies = 5120
    static let rolePolicies = 10_240
    static let trustPolicy = 2048
    /// Bytes of all documents and tags together, including white space, since they are held in memory. AWS has no such
    /// quota.
    static let allTextBytes = 16 << 20
    /// Bytes of documents on one page of a list.
    static let pageBytes = 1 << 20
    /// Characters of a session policy.
    static let sessionPolicy = 2048
    /// Bytes of a session's policies, ARNs and tags together. AWS packs them and documents no size. They are sealed in
    /// the session's token, which must fit, together with an object key, in a presigned URL of at most 8 KiB.
    static let packedSessionBytes = 3072
    /// Bytes of a session's token in Base64: the packed size after sealing, with the overhead of fifty tags.
    static let tokenBytes = 8192
    /// The limits of one simulation, of which AWS documents none. Each action is evaluated on each resource, but only
    /// for the results on the requested page.
    static let simulatedActions = 1000
    static let simulatedResources = 100
    static let simulatedPolicies = 20
    /// Bytes of policies that one page of a simulation may read, counted for each of its decisions.
    static let simulatedBytes = 4 << 20
}

/// Names, paths, ids and ARNs.
package enum IAMNames {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    /// Returns a new unique id: a prefix that identifies the kind, followed by unpredictable letters and digits.
    ///
    /// Source: IAM User Guide, "IAM identifiers: Understanding unique ID prefixes".
    package static func uniqueID(_ prefix: String, count: Int = 17) -> String {
        var random = SystemRandomNumberGenerator()
        return prefix + String((0..<count).map { _ in letters[Int.random(in: 0..<32, using: &random)] })
    }

    /// Returns the sort key of a name in lists, which ignores case.
    static func order(_ name: String) -> String { "\(name.lowercased()) \(name)" }

    /// Returns whether a byte is a letter, a digit or one of `+=,.@_-`.
    static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || "+=,.@_-".utf8.contains(byte)
    }
}

extension IAMEntity {
    /// Returns the entity's ARN. Its last component is the name, which is unique among entities of the same kind.
    func arn(in account: Account) -> String {
        let kind =
            switch self {
            case is IAMUser: "user"
            case is IAMGroup: "group"
            case is IAMRole: "role"
            default: "policy"
            }
        return "arn:aws:iam::\(account.id):\(kind)\(path)\(name)"
    }
}

extension Timestamp {
    /// `2026-11-23T21:56:00Z`, the time format of IAM's XML.
    var iso8601Seconds: String { "\(iso8601.prefix(19))Z" }
}
