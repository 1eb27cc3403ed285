import CofferAccess
import CofferModel
import Testing

/// What ACLs allow: S3 User Guide, "Access control list (ACL) overview".
struct ACLDecisionTests {
    typealias ACL = AccessControlList
    private static let stranger = Account(id: "444455556666", canonicalID: String(repeating: "cd", count: 32))

    @Test(
        arguments: [
            ("s3:ListBucket", .read, .bucket), ("s3:ListBucketVersions", .read, .bucket),
            ("s3:ListBucketMultipartUploads", .read, .bucket), ("s3:PutObject", .write, .bucket),
            ("s3:GetBucketAcl", .readACP, .bucket), ("s3:PutBucketAcl", .writeACP, .bucket),
            ("s3:GetObject", .read, .object), ("s3:GetObjectVersion", .read, .object),
            ("s3:GetObjectAcl", .readACP, .object), ("s3:GetObjectVersionAcl", .readACP, .object),
            ("s3:PutObjectAcl", .writeACP, .object), ("s3:PutObjectVersionAcl", .writeACP, .object),
            ("s3:DeleteObject", .write, .bucketOfOwnObject),
        ] as [(String, ACL.Permission, ACLRequirement.Resource)])
    func `An action needs the permission that the guide maps it to`(
        action: String, permission: ACL.Permission, resource: ACLRequirement.Resource
    ) throws {
        let requirement = try #require(ACLRequirement(action))
        #expect(requirement.permission == permission && requirement.resource == resource)
    }

    @Test(arguments: [
        "s3:DeleteObjectVersion", "s3:DeleteBucket", "s3:GetBucketPolicy", "s3:PutBucketPolicy",
        "s3:GetObjectTagging", "s3:PutObjectTagging", "s3:GetObjectAttributes", "s3:PutObjectRetention",
        "s3:BypassGovernanceRetention", "s3:GetBucketLocation", "s3:ListAllMyBuckets", "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketOwnershipControls", "s3:AbortMultipartUpload", "s3:getobject", "GetObject", "",
    ])
    func `No ACL allows other actions`(action: String) {
        #expect(ACLRequirement(action) == nil)
        #expect(ACLRequirement(action, isForNewObject: true) == nil)
    }

    @Test func `Who may write an object may say what its ACL is to be`() throws {
        let requirement = try #require(ACLRequirement("s3:PutObjectAcl", isForNewObject: true))
        #expect(requirement.permission == .write && requirement.resource == .bucket)
    }

    /// Every permission granted to every kind of grantee, asked for by every kind of principal.
    @Test(arguments: ACL.Permission.allCases, ACL.Permission.allCases)
    func `A permission opens itself, and full control everything`(granted: ACL.Permission, asked: ACL.Permission) {
        let isOpen = granted == asked || granted == .fullControl
        let principals = [Principal.anonymous, .root(Self.stranger), .user(name: "eve", Self.stranger)]
        let grantees: [(ACL.Grantee, [ACLGrant])] = [
            (.group(.allUsers), [.group, .group, .group]), (.group(.authenticatedUsers), [.none, .group, .group]),
            (.group(.logDelivery), [.none, .none, .none]),
            (.user(canonicalID: Self.stranger.canonicalID), [.none, .account, .account]),
            (.user(canonicalID: String(repeating: "ef", count: 32)), [.none, .none, .none]),
        ]
        for (grantee, expected) in grantees {
            let acl = ACL(owner: Fixture.account.canonicalID, grants: [ACL.Grant(grantee, granted)])
            for (principal, grant) in zip(principals, expected) {
                #expect(acl.grant(asked, to: principal) == (isOpen ? grant : .none), "\(grantee) \(principal)")
                let isPublic = grantee.isPublic
                #expect(
                    acl.grant(asked, to: principal, ignoresPublic: true) == (isOpen && !isPublic ? grant : .none),
                    "\(grantee) \(principal), ignoring public grants")
            }
        }
    }

    @Test(arguments: ACL.Permission.allCases)
    func `An owner who grants themselves nothing keeps the ACL`(asked: ACL.Permission) {
        let acl = ACL(owner: Fixture.account.canonicalID, grants: [])
        let isKept = [.readACP, .writeACP].contains(asked)
        #expect(acl.grant(asked, to: Fixture.root) == (isKept ? .account : .none))
        #expect(acl.grant(asked, to: .root(Self.stranger)) == .none)
        #expect(acl.grant(asked, to: .anonymous) == .none)
    }

    @Test func `What the public is granted is not lost among other grants`() {
        let owner = Fixture.account.canonicalID
        let acl = ACL(owner: owner, grants: CannedACL.publicRead.grants(bucketOwner: owner))
        #expect(acl.grant(.read, to: .anonymous) == .group)
        #expect(acl.grant(.read, to: Fixture.root) == .group)
        #expect(acl.grant(.read, to: Fixture.root, ignoresPublic: true) == .account)
        #expect(acl.grant(.write, to: .anonymous) == .none)
    }
}
