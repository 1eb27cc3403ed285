import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// The ACL that a request asks for: by a canned ACL's name in `x-amz-acl`, or by grants in `x-amz-grant-…` or in a
/// document.
///
/// Source: S3 API Reference, PutObjectAcl.
enum RequestedACL: Sendable {
    case canned(CannedACL)
    case grants([AccessControlList.Grant])

    static let cannedHeader = "x-amz-acl"

    static func isAsked(_ request: S3Request) -> Bool {
        request.headers.fields.contains { $0.name == cannedHeader || $0.name.hasPrefix(GrantHeader.prefix) }
    }

    /// Returns whether the request asks for nothing beyond the default, which needs no permission of its own.
    static func isPrivate(_ request: S3Request) -> Bool {
        !isAsked(request) || request.headers[cannedHeader] == CannedACL.private.rawValue
    }

    /// - Returns: nil for a request whose headers specify none.
    /// - Throws: `InvalidArgument` for an unknown name, `InvalidRequest` for a name together with grants.
    init?(_ request: S3Request) throws(S3Error) {
        let grants = try GrantHeader.grants(among: request.accounts) { request.headers[$0] }
        guard let name = request.headers[Self.cannedHeader] else {
            guard let grants else { return nil }
            self = .grants(grants)
            return
        }
        guard let canned = CannedACL(rawValue: name) else {
            throw .invalidArgument("The canned ACL you specified is not valid", name: Self.cannedHeader, value: name)
        }
        guard grants == nil else {
            throw S3Error(.invalidRequest, "Specifying both Canned ACLs and Header Grants is not allowed")
        }
        self = .canned(canned)
    }

    /// Reads the ACL of a request that has it in its headers or in its body, but not in both.
    ///
    /// - Parameters:
    ///   - owner: the owner of the resource; the document may not name another.
    ///   - accounts: the accounts that the document may name.
    /// - Throws: `MissingSecurityHeader`, `UnexpectedContent`, `AccessDenied`, and errors for an invalid document.
    init(
        _ headers: RequestedACL?, document: [UInt8], owner: String, among accounts: Accounts
    ) throws(S3Error) {
        if let headers {
            guard document.isEmpty else { throw S3Error(.unexpectedContent) }
            self = headers
            return
        }
        guard !document.isEmpty else {
            throw S3Error(.missingSecurityHeader, details: [("MissingHeaderName", Self.cannedHeader)])
        }
        let acl = try AccessControlList(document: document, among: accounts)
        guard acl.owner == owner else {
            throw S3Error(.accessDenied).withDenialReason(
                "the Owner in the ACL does not own the bucket or object", isDisclosed: false)
        }
        self = .grants(acl.grants)
    }

    // MARK: Grants

    /// Returns the ACL of a bucket.
    func acl(ofBucketOf owner: String) -> AccessControlList {
        switch self {
        case .canned(let canned): AccessControlList(owner: owner, grants: canned.grants(bucketOwner: owner))
        case .grants(let grants): AccessControlList(owner: owner, grants: grants)
        }
    }

    /// Returns the ACL of an object in a bucket.
    func acl(ofObjectOf owner: String, in state: BucketState) -> AccessControlList {
        switch self {
        case .canned(let canned):
            AccessControlList(owner: owner, grants: canned.grants(owner: owner, bucketOwner: state.ownerID))
        case .grants(let grants): AccessControlList(owner: owner, grants: grants)
        }
    }

    /// Returns whether the ACL gives the bucket's owner full control and, where ACLs are disabled, nothing beyond what
    /// applies there anyway.
    fileprivate func isBucketOwners(in state: BucketState) -> Bool {
        switch self {
        case .canned(let canned): canned == .bucketOwnerFullControl
        case .grants(let grants): grants == AccessControlList.initial(owner: state.ownerID).grants
        }
    }
}

/// The bucket's rules for the ACLs and owners of its objects.
extension BucketState {
    /// - Throws: `AccessControlListNotSupported` if ACLs are disabled, `AccessDenied` for a public one if public ACLs
    ///   are blocked.
    func check(_ requested: RequestedACL) throws(S3Error) {
        guard !disablesACLs || requested.isBucketOwners(in: self) else {
            throw S3Error(.accessControlListNotSupported)
        }
        let isPublic = requested.acl(ofObjectOf: ownerID, in: self).isPublic
        guard !isPublic || !publicAccessBlock.blocksPublicACLs else { throw .blocked("ACLs", by: "BlockPublicAcls") }
    }

    /// Returns the account that will own a new object. Anonymous callers write on behalf of the bucket's owner.
    func owner(of requested: RequestedACL?, writtenBy principal: Principal) -> String {
        let isGivenAway = requested?.isBucketOwners(in: self) ?? false
        let isBuckets = disablesACLs || (ownership == .bucketOwnerPreferred && isGivenAway)
        return isBuckets ? bucket.owner : principal.account?.id ?? bucket.owner
    }

    /// Returns the grants to store with an object; nil if they equal the default.
    func grants(_ requested: RequestedACL?, owner: String) -> [AccessControlList.Grant]? {
        guard let requested, !disablesACLs else { return nil }
        let ownerID = ownerID(ofObjectOf: owner)
        let acl = requested.acl(ofObjectOf: ownerID, in: self)
        return acl == .initial(owner: ownerID) ? nil : acl.grants
    }
}

extension S3Error {
    /// Returns the error for a setting that a public access block prevents.
    static func blocked(_ what: String, by setting: String) -> S3Error {
        S3Error(
            .accessDenied,
            "Access Denied because public \(what) are prevented by the \(setting) setting in S3 Block Public Access.")
    }
}
