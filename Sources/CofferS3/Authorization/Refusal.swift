import CofferAccess
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// The reasons for refusals. They are determined only when a request is refused, so that allowed requests do not pay
/// for it.
///
/// The log contains every reason. The response contains it, as `x-coffer-reason`, only for the root of the account that
/// owns the bucket and for those of the account's principals who may read the bucket's policy anyway
/// (`s3:GetBucketPolicy`). Reasons that depend on stored content, such as whether a key exists or which tags an object
/// has, are disclosed only to the root.
extension Access {
    /// - Throws: `AccessDenied` with its reason.
    func require(_ permission: Permission, in state: BucketState?, service: Service) async throws(S3Error) {
        guard try await isAllowed(permission, in: state, service: service) else {
            throw await refusal(of: permission, in: state, service: service)
        }
    }

    /// Returns `AccessDenied` with the statement that denies the permission, or with what would have had to allow it.
    ///
    /// - Parameter isAboutContent: whether the refusal itself depends on stored content.
    @inline(never)
    func refusal(
        of permission: Permission, in state: BucketState?, isAboutContent: Bool = false, service: Service
    ) async -> S3Error {
        let error = S3Error(.accessDenied)
        do throws(S3Error) {
            var explanation = try await StoredFacts.decide(service.store) { facts throws(S3Error) in
                try self.explanation(of: permission, in: state, facts, service)
            }
            if isAboutContent { explanation.isAboutContent = true }
            let isDisclosed = try await isDisclosed(explanation, in: state, service: service)
            return error.withDenialReason(
                "\(permission.action) on \(permission.resource): \(explanation.reason)", isDisclosed: isDisclosed)
        } catch {
            // The request stays refused even if the reason cannot be determined.
            return S3Error(.accessDenied).withDenialReason(
                "the reason cannot be determined: \(error.code.name)", isDisclosed: false)
        }
    }

    private struct Explanation {
        let reason: String
        var isAboutContent = false
    }

    private func explanation(
        of permission: Permission, in state: BucketState?, _ facts: StoredFacts, _ service: Service
    ) throws(S3Error) -> Explanation {
        if permission.isForSomeKey { return Explanation(reason: "no statement or ACL allows it for any key") }
        if let reason = barrier(in: state) { return Explanation(reason: reason) }
        let request = accessRequest(permission, in: state, facts, service)
        var isAboutContent = false
        let observed = AccessRequest(
            principal: request.principal, action: request.action, resource: request.resource,
            resourceAccount: request.resourceAccount,
            value: { key throws(S3Error) in
                if key.name == .existingObjectTag { isAboutContent = true }
                return try request.value(key)
            })
        let evaluation = try explain(observed, policies(for: permission, in: state, facts, service))
        return Explanation(reason: evaluation.reason, isAboutContent: isAboutContent)
    }

    /// Returns the reason why the caller has no access to a bucket whatever its policy and ACLs say; nil if there is
    /// none.
    package func barrier(in state: BucketState?) -> String? {
        guard let state else { return nil }
        if state.blocksPublicAccess(by: principal) {
            return "the public access block (RestrictPublicBuckets) refuses other accounts"
        }
        guard state.hasUnreadablePolicy, !isOwnersRoot(of: state.bucket) else { return nil }
        return "the bucket's policy cannot be read, so only the root has access"
    }

    private func isDisclosed(
        _ explanation: Explanation, in state: BucketState?, service: Service
    ) async throws(S3Error) -> Bool {
        guard let state, principal.account?.id == state.bucket.owner else { return false }
        if case .root = principal { return true }
        guard !explanation.isAboutContent else { return false }
        let reading = Permission("s3:GetBucketPolicy", bucket: state.bucket.name)
        return try await isAllowed(reading, in: state, service: service)
    }
}
