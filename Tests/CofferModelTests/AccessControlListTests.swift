import CofferModel
import Testing

struct AccessControlListTests {
    typealias ACL = AccessControlList
    private static let owner = String(repeating: "ab", count: 32)
    private static let other = String(repeating: "cd", count: 32)
    private static let everyone = ACL.Group.allUsers.rawValue

    // MARK: The document

    @Test func `A document is written as AWS writes it`() {
        let acl = ACL(
            owner: Self.owner,
            grants: [ACL.Grant(.user(canonicalID: Self.other), .readACP), ACL.Grant(.group(.allUsers), .read)])
        let xsi = #"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance""#
        #expect(
            String(decoding: acl.document, as: UTF8.self) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>\(Self.owner)</ID></Owner>\
                <AccessControlList><Grant><Grantee \(xsi) xsi:type="CanonicalUser"><ID>\(Self.other)</ID></Grantee>\
                <Permission>READ_ACP</Permission></Grant><Grant><Grantee \(xsi) xsi:type="Group"><URI>\(Self.everyone)</URI>\
                </Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>
                """)
    }

    @Test func `Every grant survives writing and reading`() throws {
        let grantees: [ACL.Grantee] = [.user(canonicalID: Self.owner)] + ACL.Group.allCases.map { .group($0) }
        let grants = grantees.flatMap { grantee in ACL.Permission.allCases.map { ACL.Grant(grantee, $0) } }
        for acl in [
            ACL(owner: Self.owner, grants: grants), ACL(owner: Self.owner, grants: []), .initial(owner: Self.owner),
        ] {
            #expect(try ACL(document: acl.document, among: nil) == acl)
        }
    }

    @Test func `A display name is passed over`() throws {
        let grantee = "<ID>\(Self.other)</ID><DisplayName>me</DisplayName>"
        let acl = try Self.read(grantee: grantee)
        #expect(acl.grants == [ACL.Grant(.user(canonicalID: Self.other), .read)])
    }

    @Test(arguments: ["Somebody", "Group", "canonicaluser", ""])
    func `A grantee's type is that of the element which names it`(type: String) {
        let error = #expect(throws: S3Error.self) { try Self.read(grantee: "<ID>\(Self.other)</ID>", type: type) }
        #expect(error?.code == .malformedACLError)
    }

    @Test(
        arguments: [
            ("", .malformedACLError), ("<Name>me</Name>", .malformedACLError), ("<ID>me</ID>", .invalidArgument),
            ("<ID>\(owner.uppercased())</ID>", .invalidArgument), ("<ID>\(owner)0</ID>", .invalidArgument),
            ("<URI>\(everyone)/</URI>", .invalidArgument),
            ("<ID>\(owner)</ID><URI>\(everyone)</URI>", .malformedACLError),
            ("<EmailAddress>a@example.org</EmailAddress>", .unresolvableGrantByEmailAddress),
        ] as [(String, S3Error.Code)])
    func `A grantee that is none is refused`(grantee: String, code: S3Error.Code) {
        let error = #expect(throws: S3Error.self) { try Self.read(grantee: grantee) }
        #expect(error?.code == code)
    }

    @Test(arguments: ["", "<", "<AccessControlPolicy/>", "<AccessControlList/>", "<a><AccessControlPolicy/></a>"])
    func `A document that is no ACL has an error of its own`(document: String) {
        let error = #expect(throws: S3Error.self) { try ACL(document: Array(document.utf8), among: nil) }
        #expect(error?.code == .malformedACLError)
    }

    @Test func `A hundred grants are taken and no more`() throws {
        let grant = ACL.Grant(.group(.allUsers), .read)
        let full = ACL(owner: Self.owner, grants: Array(repeating: grant, count: 100))
        #expect(try ACL(document: full.document, among: nil).grants.count == 100)
        let over = ACL(owner: Self.owner, grants: Array(repeating: grant, count: 101))
        #expect(throws: S3Error.self) { try ACL(document: over.document, among: nil) }
    }

    /// - Parameter type: of the grantee; nil for that of its first element.
    private static func read(grantee: String, type: String? = nil) throws(S3Error) -> ACL {
        let types = [("<ID>", "CanonicalUser"), ("<URI>", "Group"), ("<EmailAddress>", "AmazonCustomerByEmail")]
        let type = type ?? types.first { grantee.hasPrefix($0.0) }?.1 ?? ""
        let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"\(type)\""
        return try ACL(
            document: Array(
                """
                <AccessControlPolicy><Owner><ID>\(owner)</ID></Owner><AccessControlList><Grant><Grantee \(xsi)>\(grantee)</Grantee>\
                <Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>
                """.utf8), among: Accounts())
    }

    /// One account besides the owner's.
    private struct Accounts: AccountDirectory {
        func contains(canonicalID: String) -> Bool { [owner, other].contains(canonicalID) }
        func canonicalID(email: String) -> String? { email == "other@example.org" ? other : nil }
    }

    // MARK: Headers

    @Test(
        arguments: [
            ("id=\(other)", [.user(canonicalID: other)]), ("id=\"\(other)\"", [.user(canonicalID: other)]),
            ("ID = \"\(other)\"", [.user(canonicalID: other)]), ("uri=\(everyone)", [.group(.allUsers)]),
            (" uri=\"\(everyone)\" ,\tid=\(other)", [.group(.allUsers), .user(canonicalID: other)]),
        ] as [(String, [ACL.Grantee])])
    func `Grantees stand in a header`(value: String, grantees: [ACL.Grantee]) throws {
        let grants = try GrantHeader.grants(among: nil) { $0 == "x-amz-grant-read" ? value : nil }
        #expect(grants == grantees.map { ACL.Grant($0, .read) })
    }

    @Test(
        arguments: [
            ("full-control", .fullControl), ("read", .read), ("write", .write), ("read-acp", .readACP),
            ("write-acp", .writeACP),
        ] as [(String, ACL.Permission)])
    func `Each permission has its header`(name: String, permission: ACL.Permission) throws {
        let grants = try GrantHeader.grants(among: nil) { $0 == "x-amz-grant-\(name)" ? "id=\(Self.other)" : nil }
        #expect(grants == [ACL.Grant(.user(canonicalID: Self.other), permission)])
    }

    @Test(
        arguments: [
            ("", .invalidArgument), ("id", .invalidArgument), (other, .invalidArgument),
            ("id=\(other),", .invalidArgument),
            ("id=\"\(other)", .invalidArgument), ("id=\(other)\"", .invalidArgument), ("id=\"", .invalidArgument),
            ("name=\(other)", .invalidArgument), ("uri=\(other)", .invalidArgument),
            ("emailAddress=a@example.org", .unresolvableGrantByEmailAddress),
            (Array(repeating: "id=\(other)", count: 101).joined(separator: ","), .invalidRequest),
        ] as [(String, S3Error.Code)])
    func `A header of another form is refused`(value: String, code: S3Error.Code) {
        let error = #expect(throws: S3Error.self) {
            try GrantHeader.grants(among: nil) { $0 == "x-amz-grant-write" ? value : nil }
        }
        #expect(error?.code == code)
    }

    @Test func `Without a header nothing is granted`() throws {
        #expect(try GrantHeader.grants(among: nil) { _ in nil } == nil)
    }

    // MARK: Canned ACLs

    @Test(
        arguments: [
            (.private, []), (.publicRead, [(.group(.allUsers), .read)]),
            (.publicReadWrite, [(.group(.allUsers), .read), (.group(.allUsers), .write)]),
            (.authenticatedRead, [(.group(.authenticatedUsers), .read)]),
            (.bucketOwnerRead, [(.user(canonicalID: other), .read)]),
            (.bucketOwnerFullControl, [(.user(canonicalID: other), .fullControl)]),
            (.logDeliveryWrite, [(.group(.logDelivery), .write), (.group(.logDelivery), .readACP)]),
        ] as [(CannedACL, [(ACL.Grantee, ACL.Permission)])])
    func `A canned ACL grants to others besides the owner`(
        canned: CannedACL, further: [(ACL.Grantee, ACL.Permission)]
    ) {
        let own = ACL.Grant(.user(canonicalID: Self.owner), .fullControl)
        let grants = canned.grants(owner: Self.owner, bucketOwner: Self.other)
        #expect(grants == [own] + further.map { ACL.Grant($0.0, $0.1) })
        let isAboutBuckets = [.bucketOwnerRead, .bucketOwnerFullControl].contains(canned)
        let expected = isAboutBuckets ? [own] : grants
        #expect(canned.grants(bucketOwner: Self.owner) == expected)
        #expect(canned.grants(owner: Self.owner, bucketOwner: Self.owner) == expected)
    }

    @Test(arguments: CannedACL.allCases)
    func `Public is what everyone, or everyone with keys, is granted`(canned: CannedACL) {
        let isPublic = [.publicRead, .publicReadWrite, .authenticatedRead].contains(canned)
        #expect(ACL(owner: Self.owner, grants: canned.grants(bucketOwner: Self.owner)).isPublic == isPublic)
    }

    // MARK: What limits them

    @Test(arguments: ObjectOwnership.allCases)
    func `An ownership survives writing and reading`(ownership: ObjectOwnership) throws {
        #expect(try ObjectOwnership(document: ownership.document) == ownership)
    }

    @Test(arguments: 0..<16)
    func `A public access block survives writing and reading`(bits: Int) throws {
        let block = PublicAccessBlock(
            blocksPublicACLs: bits & 1 > 0, ignoresPublicACLs: bits & 2 > 0, blocksPublicPolicy: bits & 4 > 0,
            restrictsPublicBuckets: bits & 8 > 0)
        #expect(try PublicAccessBlock(document: block.document) == block)
        #expect((block == .none) == (bits == 0) && (block == .all) == (bits == 15))
    }
}
