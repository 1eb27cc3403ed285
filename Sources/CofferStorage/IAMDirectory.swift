package import CofferModel

/// An account: it owns buckets, objects, users and the like.
package struct IAMAccount: Sendable, Equatable {
    /// Twelve digits.
    package let id: String
    /// Unique, whatever the case of its letters; the e-mail address as well.
    package let name: String
    package let email: String
    package let created: Timestamp

    /// Of the account that every store has.
    package static let firstID = "000000000000"

    package init(id: String, name: String, email: String, created: Timestamp) {
        self.id = id
        self.name = name
        self.email = email
        self.created = created
    }
}

/// All users, groups, roles and policies of an account's own, by their names.
///
/// Small enough to be held and changed as one value: see ``ObjectStore/changeIAM(of:_:)``.
package struct IAMDirectory: Sendable, Equatable {
    package var users: [String: IAMUser] = [:]
    package var groups: [String: IAMGroup] = [:]
    package var roles: [String: IAMRole] = [:]
    package var policies: [String: IAMPolicy] = [:]
    /// Of the account's root, besides the one that is configured.
    package var rootKeys: [IAMAccessKey] = []
    /// Counts the changes.
    package internal(set) var revision: Int64 = 0

    package init() {}
}

/// What users, groups, roles and policies have in common.
package protocol IAMEntity: Sendable, Equatable {
    /// Unique among all entities that there ever were.
    var id: String { get }
    /// Unique among those of its kind, whatever the case of its letters.
    var name: String { get set }
    /// Begins and ends with a slash.
    var path: String { get set }
    var created: Timestamp { get }
}

/// An entity with policies.
package protocol IAMPolicyHolder: IAMEntity {
    /// ARNs of managed policies, in the order in which they were attached.
    var attachedPolicies: [String] { get set }
    /// Documents by name.
    var inlinePolicies: [String: String] { get set }
}

package struct IAMUser: IAMPolicyHolder {
    package let id: String
    package var name: String
    package var path: String
    package let created: Timestamp
    package var tags: [Tag] = []
    /// ARN of the policy that limits what its other policies allow.
    package var boundary: String?
    package var attachedPolicies: [String] = []
    package var inlinePolicies: [String: String] = [:]
    package var accessKeys: [IAMAccessKey] = []
    package var groupIDs: [String] = []

    package init(id: String, name: String, path: String = "/", created: Timestamp) {
        self.id = id
        self.name = name
        self.path = path
        self.created = created
    }
}

package struct IAMAccessKey: Sendable, Equatable {
    package let id: String
    /// Plain here; sealed in the catalog.
    package let secret: String
    package let created: Timestamp
    package var isActive = true

    package init(id: String, secret: String, created: Timestamp) {
        self.id = id
        self.secret = secret
        self.created = created
    }
}

/// When and for what an access key, or a role, was last used.
package struct IAMKeyUse: Sendable, Equatable {
    package let time: Timestamp
    /// `s3`, `iam` or `sts`.
    package let service: String
    package let region: String

    package init(time: Timestamp, service: String, region: String) {
        self.time = time
        self.service = service
        self.region = region
    }
}

package struct IAMGroup: IAMPolicyHolder {
    package let id: String
    package var name: String
    package var path: String
    package let created: Timestamp
    package var attachedPolicies: [String] = []
    package var inlinePolicies: [String: String] = [:]

    package init(id: String, name: String, path: String = "/", created: Timestamp) {
        self.id = id
        self.name = name
        self.path = path
        self.created = created
    }
}

package struct IAMRole: IAMPolicyHolder {
    package let id: String
    package var name: String
    package var path: String
    package let created: Timestamp
    package var details = ""
    /// The policy document that says who may assume the role.
    package var trustPolicy: String
    /// Unique ids of the users and roles that it names, by the names that stand in it.
    package var trustedIDs: [String: String] = [:]
    /// The longest session, in seconds.
    package var sessionSeconds = 3600
    /// The longest session of those who sign in with it; nil where nothing is said.
    package var signinSeconds: Int?
    package var tags: [Tag] = []
    package var boundary: String?
    package var attachedPolicies: [String] = []
    package var inlinePolicies: [String: String] = [:]

    package init(id: String, name: String, path: String, created: Timestamp, trustPolicy: String) {
        self.id = id
        self.name = name
        self.path = path
        self.created = created
        self.trustPolicy = trustPolicy
    }
}

/// A managed policy of the customer's own, with its versions.
package struct IAMPolicy: IAMEntity {
    package let id: String
    package var name: String
    package var path: String
    package let created: Timestamp
    package var updated: Timestamp
    package var details = ""
    package var tags: [Tag] = []
    /// In the order of their numbers.
    package var versions: [Version]
    package var defaultNumber: Int
    /// The highest number that was given, be its version deleted or not.
    package var lastNumber: Int

    package struct Version: Sendable, Equatable {
        package let number: Int
        package let created: Timestamp
        package let document: String

        package init(number: Int, created: Timestamp, document: String) {
            self.number = number
            self.created = created
            self.document = document
        }
    }

    package init(id: String, name: String, path: String, created: Timestamp, document: String) {
        self.id = id
        self.name = name
        self.path = path
        self.created = created
        updated = created
        versions = [Version(number: 1, created: created, document: document)]
        defaultNumber = 1
        lastNumber = 1
    }

    /// The document that holds.
    package var document: String { versions.first { $0.number == defaultNumber }?.document ?? "" }
}
