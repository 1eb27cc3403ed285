import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// A request that may be performed. Only ``authorize(_:_:by:service:)`` creates one, so code that forgets to authorize
/// does not compile.
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
    /// - Throws: `AccessDenied` for anonymous callers: they have no account, and may neither create buckets nor list
    ///   them.
    var account: Account {
        get throws(S3Error) {
            guard let account = access.principal.account else {
                throw S3Error(.accessDenied).withDenialReason("anonymous callers have no account", isDisclosed: false)
            }
            return account
        }
    }

    /// The bucket that the request's target names.
    var bucket: Bucket { get throws(S3Error) { try state.bucket } }

    /// The bucket with its configurations.
    var state: BucketState { get throws(S3Error) { try state(of: .target) } }

    /// Returns the bucket of the resource that has the given role in the operation.
    func state(of part: Permission.Part) throws(S3Error) -> BucketState {
        guard let state = allowed.state(of: part) else {
            throw .internalError("\(Operation.name) used a bucket that it requires no permission for")
        }
        return state
    }

    /// Returns whether the principal may perform an action beyond those that the operation always requires.
    func isAllowed(_ action: String, _ key: ObjectKey? = nil, version: VersionID? = nil) throws(S3Error) -> Bool {
        var permission = Permission(action, bucket: try bucket.name, key: key)
        permission.version = version
        return try access.isAllowed(permission, service: service)
    }

    /// Checks the operation's first permission again, now that the body is known.
    ///
    /// - Throws: `AccessDenied`.
    func require(_ facts: RequestFacts) throws(S3Error) {
        guard var permission = try Operation.permissions(for: request).first else { return }
        permission.isForSomeKey = false
        permission.facts = facts
        try access.require(permission, service: service)
    }

    /// Returns the error for a missing key. Callers who may not list the bucket do not learn that the key is missing.
    func missing(_ key: ObjectKey, in bucket: Bucket) throws(S3Error) -> S3Error {
        let listing = Permission("s3:ListBucket", bucket: bucket.name)
        let mayList = try access.isAllowed(listing, service: service)
        if mayList { return .noSuchKey(key) }
        return access.refusal(of: listing, isAboutContent: true, service: service)
    }
}

/// A permission that a request was granted.
struct AllowedPermission: Sendable {
    let permission: Permission
    /// The bucket that the permission applies to; nil for the service itself, and for a bucket that does not exist yet.
    let state: BucketState?
    let basis: AuthorizationBasis
}

extension [AllowedPermission] {
    fileprivate func state(of part: Permission.Part) -> BucketState? { first { $0.permission.part == part }?.state }
}

/// Authorizes a request.
///
/// - Throws: `NoSuchBucket`, which takes precedence over everything else, or `AccessDenied`.
func authorize<Operation: S3Operation>(
    _ operation: Operation.Type, _ request: S3Request, by access: Access, service: Service
) throws(S3Error) -> Authorized<Operation> {
    let permissions = try Operation.permissions(for: request)
    let states = try permissions.map { permission throws(S3Error) in try state(for: permission, service) }
    if access.isAnonymous, let message = Operation.anonymousRefusal {
        throw S3Error(.accessDenied, message).withDenialReason(
            "anonymous callers may not use this operation", isDisclosed: false)
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
            "the bucket does not belong to the account that the request expects", isDisclosed: false)
    }
}
