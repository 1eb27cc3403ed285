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
    /// Permissions that stand on the ACL of an object, by their positions.
    let allowedByObject: [Int: Permission]
    private let buckets: [BucketState]

    fileprivate init(
        request: S3Request, access: Access, service: Service, buckets: [BucketState], allowedByObject: [Int: Permission]
    ) {
        self.allowedByObject = allowedByObject
        self.request = request
        self.access = access
        self.service = service
        self.buckets = buckets
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
    func isAllowed(_ action: String, _ key: ObjectKey? = nil) throws(S3Error) -> Bool {
        try access.isAllowed(Permission(action, bucket: try bucket.name, key: key), service: service)
    }

    /// The error for a key that is not there: it is not told to those who may not list the bucket.
    func missing(_ key: ObjectKey, in bucket: Bucket) throws(S3Error) -> S3Error {
        let mayList = try access.isAllowed(Permission("s3:ListBucket", bucket: bucket.name), service: service)
        return mayList ? .noSuchKey(key) : S3Error(.accessDenied)
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
    var allowedByObject: [Int: Permission] = [:]
    for (index, permission) in permissions.enumerated() {
        guard let ground = try access.ground(for: permission, service: service) else { throw S3Error(.accessDenied) }
        if ground == .objectACL { allowedByObject[index] = permission }
    }
    for (header, state) in zip(["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"], buckets) {
        try checkOwner(of: state.bucket, expected: request.headers[header])
    }
    return Authorized(
        request: request, access: access, service: service, buckets: buckets, allowedByObject: allowedByObject)
}

private func checkOwner(of bucket: Bucket, expected: String?) throws(S3Error) {
    guard let expected else { return }
    guard expected.utf8.count == 12, expected.utf8.allSatisfy({ (48...57).contains($0) }) else {
        throw S3Error(.invalidBucketOwner)
    }
    guard expected == bucket.owner else { throw S3Error(.accessDenied) }
}

/// Who asks, and what the policies are told of the request.
struct Access: Sendable {
    let identity: Identity
    let authentication: Authentication
    private let request: S3Request

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
        let state = try permission.bucket.flatMap { name throws(S3Error) in try service.buckets.state(of: name) }
        if permission.isForSomeKey {
            let isPossible = !isAnonymous || mayEverAllowAnonymous(permission.action, bucketPolicy: state?.policy)
            return isPossible ? .policy : nil
        }
        let decision = evaluate(
            accessRequest(permission), identityPolicies: identity.policies, bucketPolicy: state?.policy)
        if let state, state.keepsOut(principal) { return nil }
        if decision.isAllowed { return .policy }
        guard let state, decision == .notAllowed else { return nil }
        return try ground(inACLFor: permission, in: state, service)
    }

    /// What the policies are asked.
    func accessRequest(_ permission: Permission) -> AccessRequest {
        AccessRequest(
            principal: principal, action: permission.action, resource: permission.resource,
            value: { key in value(key, action: permission.action) })
    }

    /// The request's value of a condition key.
    private func value(_ key: String, action: String) -> String? {
        switch key {
        case "aws:sourceip": request.head.remoteAddress
        case "aws:securetransport": String(request.head.isSecure)
        case "aws:referer": request.headers["referer"]
        case "aws:useragent": request.headers["user-agent"]
        case "aws:currenttime": Timestamp.now().iso8601
        case "aws:epochtime": String(Timestamp.now().seconds)
        case "aws:username": if case .user(let name, _) = principal { name } else { nil }
        case "aws:principalarn": principal.arn
        case "aws:principalaccount": principal.account?.id
        case "s3:authtype": authentication.method.authType
        case "s3:signatureversion": authentication.method.signatureVersion
        case "s3:prefix", "s3:delimiter", "s3:max-keys":
            // Keys of listing alone: elsewhere a parameter of that name means nothing and must open nothing.
            ["s3:ListBucket", "s3:ListBucketVersions"].contains(action) ? request.query[String(key.dropFirst(3))] : nil
        case "s3:x-amz-content-sha256": request.headers["x-amz-content-sha256"]
        case "s3:x-amz-acl", "s3:x-amz-copy-source", "s3:x-amz-metadata-directive", "s3:x-amz-storage-class":
            action == "s3:PutObject" ? request.headers[String(key.dropFirst(3))] : nil
        default: nil
        }
    }
}
