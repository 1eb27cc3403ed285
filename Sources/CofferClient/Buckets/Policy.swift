public import CofferModel

/// Bucket policies.
extension S3Client {
    /// Replaces a bucket's policy.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - policy: the JSON document, 20 KiB at most.
    /// - Throws: `MalformedPolicy`, and `AccessDenied` for a public policy where the bucket blocks public policies.
    public func putBucketPolicy(bucket: BucketName, policy: String) async throws {
        var call = S3Call("PUT", bucket, query: [("policy", nil)], body: .bytes(Array(policy.utf8)[...]))
        call.addContentMD5()
        call.add("content-type", "application/json")
        _ = try await send(call)
    }

    /// Returns a bucket's policy, a JSON document.
    ///
    /// - Throws: `NoSuchBucketPolicy`.
    public func getBucketPolicy(bucket: BucketName) async throws -> String {
        String(decoding: try await get("policy", bucket), as: UTF8.self)
    }

    /// Removes a bucket's policy.
    public func deleteBucketPolicy(bucket: BucketName) async throws {
        try await delete("policy", bucket)
    }

    /// Returns whether the bucket's policy grants access to the public.
    ///
    /// - Throws: `NoSuchBucketPolicy`.
    public func isBucketPolicyPublic(bucket: BucketName) async throws -> Bool {
        try await getElement("policyStatus", bucket)["IsPublic"]?.text.lowercased() == "true"
    }
}
