package import CofferModel

/// An account, which owns buckets, objects, users and other entities.
package struct IAMAccount: Sendable, Equatable {
    /// Twelve digits.
    package let id: String
    /// Unique regardless of case, like the e-mail address.
    package let name: String
    package let email: String
    package let created: Timestamp

    /// The id of the account that every store has.
    package static let firstID = "000000000000"

    package init(id: String, name: String, email: String, created: Timestamp) {
        self.id = id
        self.name = name
        self.email = email
        self.created = created
    }
}

/// All users, groups, roles and customer managed policies of an account, by name.
///
/// Small enough to be held and changed as one value: see ``ObjectStore/changeIAM(of:_:)``.
package struct IAMDirectory: Sendable, Equatable {
    package var users: [String: IAMUser] = [:]
    package var groups: [String: IAMGroup] = [:]
    package var roles: [String: IAMRole] = [:]
    package var policies: [String: IAMPolicy] = [:]
    /// The access keys of the account's root, besides the configured one.
    package var rootKeys: [IAMAccessKey] = []
    /// The number of changes so far.
    package internal(set) var revision: Int64 = 0

    package init() {}
}

/// A change of a directory, which either happens completely or throws.
package typealias IAMChange<Value> = @Sendable (_ directory: inout IAMDirectory) throws(S3Error) -> Value

/// What users, groups, roles and policies have in common.
package protocol IAMEntity: Sendable, Equatable {
    /// Unique among all entities that ever existed.
    var id: String { get }
    /// Unique among entities of its kind, regardless of case.
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
    /// The ARN of the policy that limits what its other policies allow.
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
    /// Unencrypted here; sealed in the catalog.
    package let secret: String
    package let created: Timestamp
    package var isActive = true

    package init(id: String, secret: String, created: Timestamp) {
        self.id = id
        self.secret = secret
        self.created = created
    }
}

/// When and for which service an access key, or a role, was last used.
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
    /// The policy document that defines who may assume the role.
    package var trustPolicy: String
    /// The unique ids of the users and roles in the trust policy, by the names used there.
    package var trustedIDs: [String: String] = [:]
    /// The longest session, in seconds.
    package var sessionSeconds = 3600
    /// The longest session of users who sign in with it; nil if it is not specified.
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

/// A customer managed policy, with its versions.
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
    /// The highest version number ever assigned, even if that version was deleted.
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

    /// The document of the default version.
    package var document: String { versions.first { $0.number == defaultNumber }?.document ?? "" }
}
