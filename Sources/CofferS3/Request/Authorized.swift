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
    ///
    /// Not inlined, like the others here: few requests need it, and it would lengthen the frames of all its callers.
    @inline(never)
    func isAllowed(_ action: String, _ key: ObjectKey? = nil, version: VersionID? = nil) async throws(S3Error) -> Bool {
        let state = try state
        var permission = Permission(action, bucket: state.bucket.name, key: key)
        permission.version = version
        return try await access.isAllowed(permission, in: state, service: service)
    }

    /// Checks the operation's first permission again, now that the body is known.
    ///
    /// - Throws: `AccessDenied`.
    func require(_ facts: RequestFacts) async throws(S3Error) {
        guard let first = allowed.first else { return }
        var permission = first.permission
        permission.isForSomeKey = false
        permission.facts = facts
        try await access.require(permission, in: first.state, service: service)
    }

    /// Returns the error for a missing key. Callers who may not list the bucket do not learn that the key is missing.
    ///
    /// - Parameter part: the role of the resource whose bucket lacks the key.
    @inline(never)
    func missing(_ key: ObjectKey, in part: Permission.Part = .target) async throws(S3Error) -> S3Error {
        let state = try state(of: part)
        let listing = Permission("s3:ListBucket", bucket: state.bucket.name)
        if try await access.isAllowed(listing, in: state, service: service) { return .noSuchKey(key) }
        return await access.refusal(of: listing, in: state, isAboutContent: true, service: service)
    }
}

/// A permission that a request was granted.
final class AllowedPermission: Sendable {
    let permission: Permission
    /// The bucket that the permission applies to; nil for the service itself, and for a bucket that does not exist yet.
    let state: BucketState?
    let basis: AuthorizationBasis

    init(permission: Permission, state: BucketState?, basis: AuthorizationBasis) {
        self.permission = permission
        self.state = state
        self.basis = basis
    }
}

extension [AllowedPermission] {
    fileprivate func state(of part: Permission.Part) -> BucketState? { first { $0.permission.part == part }?.state }
}

/// Authorizes a request.
///
/// - Parameter known: the bucket that the request's target names, if it exists.
/// - Throws: `NoSuchBucket`, which takes precedence over everything else, or `AccessDenied`.
func authorize<Operation: S3Operation>(
    _ operation: Operation.Type, _ request: S3Request, by access: Access, in known: BucketState?, service: Service
) async throws(S3Error) -> Authorized<Operation> {
    let permissions = try Operation.permissions(for: request)
    var states: [BucketState?] = []
    for permission in permissions { states.append(try await state(for: permission, known, service)) }
    if access.isAnonymous, let message = Operation.anonymousRefusal {
        throw S3Error(.accessDenied, message).withDenialReason(
            "anonymous callers may not use this operation", isDisclosed: false)
    }
    var allowed: [AllowedPermission] = []
    for index in permissions.indices {
        allowed.append(try await allow(permissions[index], in: states[index], by: access, service))
    }
    try checkOwner(of: allowed.state(of: .target), expected: request.headers["x-amz-expected-bucket-owner"])
    try checkOwner(of: allowed.state(of: .source), expected: request.headers["x-amz-source-expected-bucket-owner"])
    return Authorized(request: request, access: access, service: service, allowed: allowed)
}

/// - Throws: `AccessDenied`.
@inline(never)
private func allow(
    _ permission: Permission, in state: BucketState?, by access: Access, _ service: Service
) async throws(S3Error) -> AllowedPermission {
    guard let basis = try await access.basis(for: permission, in: state, service: service) else {
        throw await access.refusal(of: permission, in: state, service: service)
    }
    return AllowedPermission(permission: permission, state: state, basis: basis)
}

private func state(
    for permission: Permission, _ known: BucketState?, _ service: Service
) async throws(S3Error) -> BucketState? {
    guard let name = permission.bucket else { return nil }
    if let known, known.bucket.name == name { return known }
    return try await state(of: name, permission, service)
}

@inline(never)
private func state(
    of name: BucketName, _ permission: Permission, _ service: Service
) async throws(S3Error) -> BucketState? {
    let state = try await service.buckets.state(of: name)
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
