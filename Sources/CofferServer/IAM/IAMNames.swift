import CofferAccess
import CofferModel
import CofferStorage

/// Quotas of IAM. Source: IAM User Guide, "IAM and AWS STS quotas"; those that can be raised have their defaults.
enum IAMLimits {
    static let accounts = 100
    static let users = 5000
    static let groups = 300
    static let roles = 1000
    static let policies = 1500
    static let accessKeysPerUser = 2
    static let groupsPerUser = 10
    static let attachedPolicies = 10
    static let policyVersions = 5
    static let tags = 50
    /// Characters of documents, white space not counted: managed, and all inline ones of a user, group or role together.
    static let managedPolicy = 6144
    static let userPolicies = 2048
    static let groupPolicies = 5120
    static let rolePolicies = 10_240
    static let trustPolicy = 2048
    /// Bytes of all documents and tags together, white space counted, since they are held in memory: no quota of AWS's.
    static let allTextBytes = 16 << 20
    /// Bytes of documents on one page of a list.
    static let pageBytes = 1 << 20
    /// Characters of a session's policies.
    static let sessionPolicy = 2048
    /// Bytes of a session's policies, ARNs and tags together: AWS packs them and tells no size. They are sealed in the
    /// session's token, which a presigned URL of at most 8 KiB must have room for, with a key beside it.
    static let packedSessionBytes = 3072
    /// Of a session's token, Base64: what the former takes when it is sealed, with all of fifty tags' names about it.
    static let tokenBytes = 8192
    /// Of one simulation, which AWS does not limit: each action is tried on each resource, but only those of the page that
    /// is asked for.
    static let simulatedActions = 1000
    static let simulatedResources = 100
    static let simulatedPolicies = 20
    /// Bytes of policies that one page of a simulation reads, counted for each of its decisions.
    static let simulatedBytes = 4 << 20
}

/// Names, paths, ids and ARNs.
enum IAMNames {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    /// A new unique id: a prefix that tells the kind, and letters and digits that nobody can guess.
    ///
    /// Source: IAM User Guide, "IAM identifiers: Understanding unique ID prefixes".
    static func uniqueID(_ prefix: String, count: Int = 17) -> String {
        var random = SystemRandomNumberGenerator()
        return prefix + String((0..<count).map { _ in letters[Int.random(in: 0..<32, using: &random)] })
    }

    /// By which lists are ordered: in whatever case names are written.
    static func order(_ name: String) -> String { "\(name.lowercased()) \(name)" }

    /// Letters, digits and `+=,.@_-`.
    static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || "+=,.@_-".utf8.contains(byte)
    }
}

extension IAMEntity {
    /// The last name of a kind in an ARN; no two kinds share one.
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
    /// `2026-11-23T21:56:00Z`, as IAM's XML carries times.
    var iso8601Seconds: String { "\(iso8601.prefix(19))Z" }
}
