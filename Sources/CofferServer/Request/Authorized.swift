import CofferAccess
import CofferHTTP
import CofferModel
import CofferSigning
import CofferStorage

/// A request that may be performed: only ``authorize(_:_:by:service:)`` makes one, so that forgetting to ask does not
/// compile.
struct Authorized<Operation: S3Operation>: Sendable {
    let request: S3Request
    let access: Access
    let service: Service
    let allowed: [AllowedPermission]

    fileprivate init(request: S3Request, access: Access, service: Service, allowed: [AllowedPermission]) {
        self.request = request
        self.access = access
        self.service = service
        self.allowed = allowed
    }

    /// The caller's account.
    ///
    /// - Throws: `AccessDenied` for those who have none, and may neither make buckets nor list them.
    var account: Account {
        get throws(S3Error) {
            guard let account = access.principal.account else {
                throw S3Error(.accessDenied).withDenialReason("somebody anonymous has no account", isDisclosed: false)
            }
            return account
        }
    }

    /// The bucket that the request's target names.
    var bucket: Bucket { get throws(S3Error) { try state.bucket } }

    /// The bucket with its configurations.
    var state: BucketState { get throws(S3Error) { try state(of: .target) } }

    /// The bucket of what has a part in the operation.
    func state(of part: Permission.Part) throws(S3Error) -> BucketState {
        guard let state = allowed.state(of: part) else {
            throw .internalError("\(Operation.name) asked for a bucket that it needs no permission for")
        }
        return state
    }

    /// Whether the principal may do something besides what the operation always needs.
    func isAllowed(_ action: String, _ key: ObjectKey? = nil, version: VersionID? = nil) throws(S3Error) -> Bool {
        var permission = Permission(action, bucket: try bucket.name, key: key)
        permission.version = version
        return try access.isAllowed(permission, service: service)
    }

    /// Asks for the operation's first permission again, now that the body is known.
    ///
    /// - Throws: `AccessDenied`.
    func require(_ facts: RequestFacts) throws(S3Error) {
        guard var permission = try Operation.permissions(for: request).first else { return }
        permission.isForSomeKey = false
        permission.facts = facts
        try access.require(permission, service: service)
    }

    /// The error for a key that is not there: it is not told to those who may not list the bucket.
    func missing(_ key: ObjectKey, in bucket: Bucket) throws(S3Error) -> S3Error {
        let listing = Permission("s3:ListBucket", bucket: bucket.name)
        let mayList = try access.isAllowed(listing, service: service)
        if mayList { return .noSuchKey(key) }
        return access.refusal(of: listing, isAboutContent: true, service: service)
    }
}

/// What a request is allowed to do.
struct AllowedPermission: Sendable {
    let permission: Permission
    /// The bucket that it is about; nil for the service as a whole, and for a bucket that is not there yet.
    let state: BucketState?
    let basis: AuthorizationBasis
}

extension [AllowedPermission] {
    fileprivate func state(of part: Permission.Part) -> BucketState? { first { $0.permission.part == part }?.state }
}

/// Decides whether a request may be performed.
///
/// - Throws: `NoSuchBucket` before anything else, `AccessDenied`.
func authorize<Operation: S3Operation>(
    _ operation: Operation.Type, _ request: S3Request, by access: Access, service: Service
) throws(S3Error) -> Authorized<Operation> {
    let permissions = try Operation.permissions(for: request)
    let states = try permissions.map { permission throws(S3Error) in try state(for: permission, service) }
    if access.isAnonymous, let message = Operation.anonymousRefusal {
        throw S3Error(.accessDenied, message).withDenialReason(
            "anonymous callers may never do this", isDisclosed: false)
    }
    let allowed = try zip(permissions, states).map { permission, state throws(S3Error) in
        guard let basis = try access.basis(for: permission, service: service) else {
            throw access.refusal(of: permission, service: service)
        }
        return AllowedPermission(permission: permission, state: state, basis: basis)
    }
    try checkOwner(of: allowed.state(of: .target), expected: request.headers["x-amz-expected-bucket-owner"])
    try checkOwner(of: allowed.state(of: .source), expected: request.headers["x-amz-source-expected-bucket-owner"])
    return Authorized(request: request, access: access, service: service, allowed: allowed)
}

private func state(for permission: Permission, _ service: Service) throws(S3Error) -> BucketState? {
    guard let name = permission.bucket else { return nil }
    let state = try service.buckets.state(of: name)
    guard state != nil || permission.allowsMissingBucket else {
        guard permission.missingBucket == .noSuchBucket else { throw S3Error(permission.missingBucket) }
        throw .noSuchBucket(name.description)
    }
    return state
}

private func checkOwner(of state: BucketState?, expected: String?) throws(S3Error) {
    guard let bucket = state?.bucket, let expected else { return }
    guard Account.isID(expected) else {
        throw S3Error(
            .invalidBucketOwner,
            "The value of the expected bucket owner parameter must be an AWS Account ID... [\(expected)]")
    }
    guard expected == bucket.owner else {
        throw S3Error(.accessDenied).withDenialReason(
            "the bucket's owner is another than the request expects", isDisclosed: false)
    }
}

/// Who asks, and what the policies are told of the request.
struct Access: Sendable {
    let identity: Identity
    let authentication: Authentication
    let request: S3Request

    init(identity: Identity, authentication: Authentication, request: S3Request) {
        self.identity = identity
        self.authentication = authentication
        self.request = request
    }

    var principal: Principal { identity.principal }
    var isAnonymous: Bool { principal == .anonymous }

    func isAllowed(_ permission: Permission, service: Service) throws(S3Error) -> Bool {
        try basis(for: permission, service: service) != nil
    }

    /// What allows it: a policy, or where none says anything an ACL; nil if nothing does.
    func basis(for permission: Permission, service: Service) throws(S3Error) -> AuthorizationBasis? {
        // The policy of a bucket that is there already says nothing of making it.
        let name = permission.allowsMissingBucket ? nil : permission.bucket
        let state = try name.flatMap { name throws(S3Error) in try service.buckets.state(of: name) }
        if permission.isForSomeKey {
            let isPossible = !isAnonymous || state?.policy?.mayEverAllowAnonymous(permission.action) == true
            return isPossible ? .policy : nil
        }
        if let state, state.blocksPublicAccess(by: principal) { return nil }
        if let state, state.hasUnreadablePolicy { return isOwnersRoot(of: state.bucket) ? .policy : nil }
        let request = accessRequest(permission, in: state, service: service)
        switch try evaluate(request, policies(for: permission, in: state, service: service)).decision {
        case .allowed(.acl): return permission.aclRequirement?.resource == .bucket ? .bucketACL : .objectACL
        case .allowed: return .policy
        case .denied, .notAllowed: return nil
        }
    }

    func isOwnersRoot(of bucket: Bucket) -> Bool {
        if case .root(let account) = principal { account.id == bucket.owner } else { false }
    }

    /// All that has a say in a permission.
    func policies(for permission: Permission, in state: BucketState?, service: Service) -> PolicySet {
        var policies = policies(resource: state?.policy)
        if let state {
            policies.acl = { () throws(S3Error) in try grant(for: permission, in: state, service) }
        }
        return policies
    }

    /// What the policies are asked.
    ///
    /// - Parameter owner: the account that owns the resource; nil for the bucket's.
    func accessRequest(
        _ permission: Permission, in state: BucketState?, ownedBy owner: String? = nil, service: Service
    ) -> AccessRequest {
        let values = ConditionValues(self, permission, in: state, service: service)
        return AccessRequest(
            principal: principal, action: permission.action, resource: permission.resource,
            resourceAccount: owner ?? state?.bucket.owner, value: { key throws(S3Error) in try values.values(of: key) })
    }

    /// Who is asked.
    ///
    /// - Parameter resource: the bucket's policy.
    func policies(resource: Policy?) -> PolicySet { identity.policySet(resource: resource) }
}
