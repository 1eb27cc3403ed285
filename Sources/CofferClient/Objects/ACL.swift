public import CofferModel

/// The access control lists of buckets and objects.
extension S3Client {
    /// Replaces a bucket's grants.
    ///
    /// - Throws: `AccessControlListNotSupported` where ACLs have no effect.
    public func putBucketACL(bucket: BucketName, acl: AccessControlList) async throws {
        try await put(acl.document, "acl", bucket)
    }

    /// Replaces a bucket's grants with a canned ACL.
    public func putBucketACL(bucket: BucketName, acl: CannedACL) async throws {
        try await put([], "acl", bucket, headers: ["x-amz-acl": acl.rawValue])
    }

    /// Returns a bucket's grants.
    public func getBucketACL(bucket: BucketName) async throws -> AccessControlList {
        try acl(try await get("acl", bucket))
    }

    /// Replaces an object's grants.
    public func putObjectACL(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, acl: AccessControlList
    ) async throws {
        try await put(acl.document, "acl", bucket, key, version: version)
    }

    /// Replaces an object's grants with a canned ACL.
    public func putObjectACL(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, acl: CannedACL
    ) async throws {
        try await put([], "acl", bucket, key, version: version, headers: ["x-amz-acl": acl.rawValue])
    }

    /// Returns an object's grants.
    public func getObjectACL(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil
    ) async throws -> AccessControlList {
        try acl(try await get("acl", bucket, key, version: version))
    }

    private func acl(_ document: [UInt8]) throws -> AccessControlList {
        try reading("AccessControlPolicy") { () throws(S3Error) in try AccessControlList(document: document, among: nil)
        }
    }
}
