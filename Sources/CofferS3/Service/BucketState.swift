import CofferAccess
import CofferModel
import CofferService
package import CofferStorage

/// A bucket with its configurations, read and compiled once.
///
/// A stored document may be unreadable, for example because an earlier version accepted it. Then everything that it may
/// have forbidden is forbidden, everything else continues to work, and a new document can replace it.
package final class BucketState: Sendable {
    package let bucket: Bucket
    /// nil if there is no policy, or it cannot be read: see ``hasUnreadablePolicy``.
    let policy: Policy?
    let cors: CORSConfiguration?
    let acl: AccessControlList
    /// nil if not configured, which is equivalent to ``ObjectOwnership/objectWriter``.
    let ownership: ObjectOwnership?
    /// The union of the bucket's own block and its account's.
    let publicAccessBlock: PublicAccessBlock
    let hasPublicPolicy: Bool
    /// Whether versions can be locked.
    let locksVersions: Bool
    /// The reasons, in quotes, why configuration documents cannot be read, by their kinds.
    let faults: [String: String]
    private let defaultEncryption: EncryptionConfiguration?
    private let lockConfiguration: ObjectLockConfiguration?

    /// - Parameter account: the account-wide configurations of the bucket's owner.
    init(_ bucket: Bucket, configurations: [String: [UInt8]], account: [String: [UInt8]]) {
        var reader = Reader(configurations: configurations)
        self.bucket = bucket
        policy = reader.read("policy", unreadable: nil) { document throws(S3Error) in
            let ids = try SavedPrincipals.read(configurations)
            return try Policy(document: document, bucket: bucket.name, principals: .saved(ids))
        }
        cors = reader.read("cors", unreadable: nil) { document throws(S3Error) in
            try CORSConfiguration(document: document)
        }
        let privateACL = AccessControlList.initial(owner: Account(id: bucket.owner).canonicalID)
        acl =
            reader.read("acl", unreadable: privateACL) { document throws(S3Error) in
                try AccessControlList(document: document, among: nil)
            } ?? privateACL
        ownership = reader.read("ownershipControls", unreadable: .bucketOwnerEnforced) { document throws(S3Error) in
            try ObjectOwnership(document: document)
        }
        let block = reader.read("publicAccessBlock", unreadable: .all) { document throws(S3Error) in
            try PublicAccessBlock(document: document)
        }
        let accountsBlock = reader.read(Self.accountsBlock, account["publicAccessBlock"], unreadable: .all) {
            document throws(S3Error) in
            try PublicAccessBlock(document: document)
        }
        publicAccessBlock = (block ?? .none).union(accountsBlock ?? .none)
        defaultEncryption = reader.read("encryption", unreadable: nil) { document throws(S3Error) in
            try EncryptionConfiguration(document: document)
        }
        lockConfiguration = reader.read("object-lock", unreadable: nil) { document throws(S3Error) in
            try ObjectLockConfiguration(document: document)
        }
        hasPublicPolicy = policy?.isPublic ?? false
        locksVersions = configurations["object-lock"] != nil
        faults = reader.faults
    }

    /// The name of the account's public access block in ``faults``.
    static let accountsBlock = "account's publicAccessBlock"

    /// Whether the stored policy cannot be read. It may have denied anything, so only the root has access until the
    /// owner puts another policy.
    var hasUnreadablePolicy: Bool { faults["policy"] != nil }

    /// The default encryption of objects whose request specifies none; nil if not configured.
    ///
    /// - Throws: `InternalError` if the configuration cannot be read: no object may be stored with an encryption other
    ///   than the intended one.
    var encryption: EncryptionConfiguration? {
        get throws(S3Error) {
            try requireReadable("encryption")
            return defaultEncryption
        }
    }

    /// Whether objects encrypted with a key service's key use a bucket key when the request does not specify it.
    var usesBucketKey: Bool { defaultEncryption?.usesBucketKey ?? false }

    /// How new versions are locked; nil if versions cannot be locked.
    ///
    /// - Throws: `InternalError` if the configuration cannot be read: no object that should be locked may be stored
    ///   unlocked.
    var lock: ObjectLockConfiguration? {
        get throws(S3Error) {
            try requireReadable("object-lock")
            return lockConfiguration
        }
    }

    private func requireReadable(_ kind: String) throws(S3Error) {
        guard let reason = faults[kind] else { return }
        throw .internalError("the \(kind) configuration of bucket \(bucket.name) cannot be read (\(reason))")
    }

    /// Reads documents, and records which of them cannot be read.
    private struct Reader {
        let configurations: [String: [UInt8]]
        private(set) var faults: [String: String] = [:]

        init(configurations: [String: [UInt8]]) { self.configurations = configurations }

        /// - Parameter unreadable: the value to use if the document cannot be read.
        mutating func read<Value>(
            _ kind: String, unreadable: Value?, _ body: ([UInt8]) throws(S3Error) -> Value
        ) -> Value? {
            read(kind, configurations[kind], unreadable: unreadable, body)
        }

        /// - Parameter document: a document that is stored elsewhere than with the bucket.
        mutating func read<Value>(
            _ kind: String, _ document: [UInt8]?, unreadable: Value?, _ body: ([UInt8]) throws(S3Error) -> Value
        ) -> Value? {
            guard let document else { return nil }
            do throws(S3Error) {
                return try body(document)
            } catch {
                faults[kind] = JSONValue.quoted(error.message)
                return unreadable
            }
        }
    }
}
