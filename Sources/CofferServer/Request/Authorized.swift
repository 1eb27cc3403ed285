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
    let permissions: [Permission]
    /// Positions of the permissions that stand on the ACL of an object.
    let allowedByObject: Set<Int>
    private let buckets: [BucketState]

    fileprivate init(
        request: S3Request, access: Access, service: Service, buckets: [BucketState], permissions: [Permission],
        allowedByObject: Set<Int>
    ) {
        self.permissions = permissions
        self.allowedByObject = allowedByObject
        self.request = request
        self.access = access
        self.service = service
        self.buckets = buckets
    }

    /// The caller's account.
    ///
    /// - Throws: `AccessDenied` for those who have none, and may neither make buckets nor list them.
    var account: Account {
        get throws(S3Error) {
            guard let account = access.principal.account else {
                throw S3Error(.accessDenied).because("somebody anonymous has no account", isTold: false)
            }
            return account
        }
    }

    /// The bucket that the request's target names.
    var bucket: Bucket { get throws(S3Error) { try state.bucket } }

    /// The bucket with its configurations.
    var state: BucketState { get throws(S3Error) { try state(at: 0) } }

    /// The bucket of the operation's permission at a position.
    func state(at index: Int) throws(S3Error) -> BucketState {
        guard index < buckets.count else { throw S3Error(.noSuchBucket) }
        return buckets[index]
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

/// Decides whether a request may be performed.
///
/// - Throws: `NoSuchBucket` before anything else, `AccessDenied`.
func authorize<Operation: S3Operation>(
    _ operation: Operation.Type, _ request: S3Request, by access: Access, service: Service
) throws(S3Error) -> Authorized<Operation> {
    let permissions = try Operation.permissions(for: request)
    var buckets: [BucketState] = []
    for permission in permissions {
        guard let name = permission.bucket else { continue }
        if let state = try service.buckets.state(of: name) {
            buckets.append(state)
        } else if !permission.allowsMissingBucket {
            throw .noSuchBucket(name.description)
        }
    }
    var allowedByObject: Set<Int> = []
    for (index, permission) in permissions.enumerated() {
        guard let ground = try access.ground(for: permission, service: service) else {
            throw access.refusal(of: permission, service: service)
        }
        if ground == .objectACL { allowedByObject.insert(index) }
    }
    for (header, state) in zip(["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"], buckets) {
        try checkOwner(of: state.bucket, expected: request.headers[header])
    }
    return Authorized(
        request: request, access: access, service: service, buckets: buckets, permissions: permissions,
        allowedByObject: allowedByObject)
}

private func checkOwner(of bucket: Bucket, expected: String?) throws(S3Error) {
    guard let expected else { return }
    guard Account.isID(expected) else { throw S3Error(.invalidBucketOwner) }
    guard expected == bucket.owner else {
        throw S3Error(.accessDenied).because("the bucket's owner is another than the request expects", isTold: false)
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
        try ground(for: permission, service: service) != nil
    }

    /// What allows it: a policy, or where none says anything an ACL; nil if nothing does.
    func ground(for permission: Permission, service: Service) throws(S3Error) -> Ground? {
        // The policy of a bucket that is there already says nothing of making it.
        let name = permission.allowsMissingBucket ? nil : permission.bucket
        let state = try name.flatMap { name throws(S3Error) in try service.buckets.state(of: name) }
        if permission.isForSomeKey {
            let isPossible = !isAnonymous || state?.policy?.mayEverAllowAnonymous(permission.action) == true
            return isPossible ? .policy : nil
        }
        if let state, state.keepsOut(principal) { return nil }
        if let state, state.isShut { return isOwnersRoot(of: state.bucket) ? .policy : nil }
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
