import CofferAccess
import CofferModel
import CofferStorage

/// A bucket with its configurations, read and compiled once.
///
/// A stored document may be one that cannot be read, such as an earlier version took. Then whatever it may have forbidden
/// is forbidden, all else goes on, and another can be put in its place.
final class BucketState: Sendable {
    let bucket: Bucket
    /// nil if there is none, or none that can be read: see ``hasUnreadablePolicy``.
    let policy: Policy?
    let cors: CORSConfiguration?
    let acl: AccessControlList
    /// nil where nothing was said: as ``ObjectOwnership/objectWriter``.
    let ownership: ObjectOwnership?
    /// The bucket's own, and its account's.
    let publicAccessBlock: PublicAccessBlock
    let hasPublicPolicy: Bool
    /// Whether versions can be locked.
    let locksVersions: Bool
    /// Configurations whose documents cannot be read, by their kinds, and why, in quotes.
    let faults: [String: String]
    private let usualEncryption: EncryptionConfiguration?
    private let lockConfiguration: ObjectLockConfiguration?

    /// - Parameter account: what is configured for the whole account of the bucket's owner.
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
        usualEncryption = reader.read("encryption", unreadable: nil) { document throws(S3Error) in
            try EncryptionConfiguration(document: document)
        }
        lockConfiguration = reader.read("object-lock", unreadable: nil) { document throws(S3Error) in
            try ObjectLockConfiguration(document: document)
        }
        hasPublicPolicy = policy?.isPublic ?? false
        locksVersions = configurations["object-lock"] != nil
        faults = reader.faults
    }

    /// What the public access block of the bucket's account is called among the faults.
    static let accountsBlock = "account's publicAccessBlock"

    /// Whether the stored policy cannot be read. It may have denied anything: until its owner puts another, the root alone
    /// has access.
    var hasUnreadablePolicy: Bool { faults["policy"] != nil }

    /// How objects are encrypted that ask for nothing themselves; nil where nothing was said.
    ///
    /// - Throws: `InternalError` if it cannot be read: nothing is to be stored in another way than was meant.
    var encryption: EncryptionConfiguration? {
        get throws(S3Error) {
            try requireReadable("encryption")
            return usualEncryption
        }
    }

    /// Whether objects have a bucket key that are encrypted with a key service's and do not say.
    var usesBucketKey: Bool { usualEncryption?.usesBucketKey ?? false }

    /// How new versions are locked; nil if versions cannot be locked.
    ///
    /// - Throws: `InternalError` if it cannot be read: nothing is to be stored unlocked that was to be locked.
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

    /// Reads documents, and notes which cannot be read.
    private struct Reader {
        let configurations: [String: [UInt8]]
        private(set) var faults: [String: String] = [:]

        init(configurations: [String: [UInt8]]) { self.configurations = configurations }

        /// - Parameter unreadable: what holds instead of a document that cannot be read.
        mutating func read<Value>(
            _ kind: String, unreadable: Value?, _ body: ([UInt8]) throws(S3Error) -> Value
        ) -> Value? {
            read(kind, configurations[kind], unreadable: unreadable, body)
        }

        /// - Parameter document: of another place than the bucket.
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
