import CofferAccess
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// A bucket that the server creates at its start. Only the root has access to it, unless the configuration says
/// otherwise.
public struct BucketConfiguration: Sendable, Equatable {
    /// The name of the bucket.
    public var name: String
    /// What anonymous callers may do in the bucket.
    public var access: Access

    /// What a bucket policy lets anonymous callers do in the bucket, named as in the MinIO client's `anonymous set`.
    public enum Access: String, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// To list the bucket and to read objects.
        case download
        /// To write and delete objects, and to list uploads.
        case upload
        /// Everything that `download` and `upload` allow.
        case `public`
    }

    /// Creates a configuration; the server checks the name when it starts.
    public init(name: String, access: Access = .none) {
        self.name = name
        self.access = access
    }

    /// Reads `NAME` or `NAME:ACCESS`.
    ///
    /// - Throws: `ServerError` for another form, or for an invalid bucket name.
    public init(_ text: String) throws(ServerError) {
        let parts = text.split(at: ":", maxSplits: 1, keepingEmpty: true)
        name = parts.first.map(String.init) ?? ""
        guard let access = parts.count < 2 ? Access.none : Access(rawValue: String(parts[1])) else {
            let known = Access.allCases.map(\.rawValue).joined(separator: ", ")
            throw ServerError("'\(parts[1])' is not an access setting of a bucket; allowed: \(known)")
        }
        self.access = access
        // The error lists all the rules, whichever is broken.
        guard (try? BucketName(name)) != nil else { throw .invalidBucketName(name) }
    }
}

/// Creates the configured buckets at the start.
struct InitialBuckets: Sendable {
    let buckets: [BucketConfiguration]
    let account: Account
    let region: String
    /// Whether new buckets are as AWS creates them today: without ACLs, and closed to the public.
    let acls: ServerConfiguration.ACLs

    /// Creates the buckets that do not exist. An existing bucket stays as it is, whatever access is configured for it.
    ///
    /// - Returns: the names of the created buckets.
    func provision(_ store: ObjectStore) async throws(ServerError) -> [String] {
        var made: [String] = []
        for bucket in buckets {
            // The error lists all the rules, whichever is broken.
            guard let name = try? BucketName(bucket.name) else { throw .invalidBucketName(bucket.name) }
            do throws(StorageError) {
                if try await make(name, bucket.access, store) { made.append(bucket.name) }
            } catch {
                throw ServerError(
                    "the bucket \(bucket.name): \(S3Error(storage: error).cause ?? "\(ServerError(error))")")
            }
        }
        return made
    }

    private func make(
        _ name: BucketName, _ access: BucketConfiguration.Access, _ store: ObjectStore
    ) async throws(StorageError) -> Bool {
        if let bucket = try await store.bucket(named: name) {
            guard bucket.owner == account.id else {
                throw .failed(
                    "it already belongs to the account \(bucket.owner): choose another name, or delete it there")
            }
            return false
        }
        _ = try await store.createBucket(
            name, owner: account.id, region: region, configurations: configurations(name, access))
        return true
    }

    /// Returns a new bucket's configurations. A bucket with anonymous access does not block public access.
    private func configurations(_ name: BucketName, _ access: BucketConfiguration.Access) -> [String: [UInt8]] {
        let isNew = acls == .disabled
        return [
            "policy": access.policy(name).map { Array($0.utf8) },
            "ownershipControls": isNew ? ObjectOwnership.bucketOwnerEnforced.document : nil,
            "publicAccessBlock": isNew && access == .none ? PublicAccessBlock.all.document : nil,
        ].compactMapValues { $0 }
    }
}

extension BucketConfiguration.Access {
    private var bucketActions: [String] {
        switch self {
        case .none: []
        case .download: ["s3:GetBucketLocation", "s3:ListBucket"]
        case .upload: ["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"]
        case .public: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
        }
    }

    private var objectActions: [String] {
        let writing = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
        return switch self {
        case .none: []
        case .download: ["s3:GetObject"]
        case .upload: writing
        case .public: ["s3:GetObject"] + writing
        }
    }

    /// Returns the bucket's policy; nil for none.
    fileprivate func policy(_ bucket: BucketName) -> String? {
        guard self != .none else { return nil }
        let statements = [(bucketActions, "arn:aws:s3:::\(bucket)"), (objectActions, "arn:aws:s3:::\(bucket)/*")].map {
            JSONText.object([
                ("Effect", .string("Allow")), ("Principal", .string("*")),
                ("Action", .list($0.map { JSONText.string($0) })),
                ("Resource", .string($1)),
            ])
        }
        return JSONText.object([("Version", .string("2012-10-17")), ("Statement", .list(statements))]).text
    }
}
