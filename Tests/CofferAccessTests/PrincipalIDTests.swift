import CofferAccess
import CofferModel
import Testing

/// Users and roles in resources' policies are those who had the names when the policy was saved.
struct PrincipalIDTests {
    private static let aliceARN = "arn:aws:iam::111122223333:user/alice"
    private static let roleARN = "arn:aws:iam::111122223333:role/team/reader"
    private static let rest = #""Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#

    /// Alice and a session of the role reader as they were, as they are after a new name, and made anew under the old one.
    private static let everybody: [Principal] = [
        user("alice", alice), user("alicia", alice), user("alice", otherAlice),
        session("reader", role), session("renamed", role), session("reader", otherRole),
    ]
    private static let (alice, otherAlice) = ("AIDAALICEALICEALICE01", "AIDAALICEALICEALICE02")
    private static let (role, otherRole) = ("AROAREADERREADERREA01", "AROAREADERREADERREA02")

    private static func user(_ name: String, _ id: String) -> Principal {
        .user(User(name: name, id: id, account: Fixture.account))
    }

    private static func session(_ name: String, _ id: String) -> Principal {
        .assumedRole(
            RoleSession(role: Role(name: name, path: "/team/", id: id, account: Fixture.account), name: "visit"))
    }

    // MARK: Matching

    /// The outcomes of `Allow`, and of `Deny` where everyone else is allowed.
    @Test(arguments: [
        (aliceARN, [aliceARN: alice], "++----", "--++++"),
        (aliceARN, [:], "+-+---", "-+-+++"),
        (aliceARN, [roleARN: role], "+-+---", "-+-+++"),
        (alice, [:], "++----", "--++++"), (alice, [alice: alice], "++----", "--++++"),
        (roleARN, [roleARN: role], "---++-", "+++--+"),
        (roleARN, [:], "---+-+", "+++-+-"),
        (role, [:], "---++-", "+++--+"),
        // Sessions go by their names.
        ("arn:aws:sts::111122223333:assumed-role/reader/visit", [:], "---+-+", "+++-+-"),
    ])
    func `A Principal means`(name: String, ids: [String: String], allow: String, deny: String) throws {
        let principal = #""Principal": {"AWS": "\#(name)"}"#
        let allowing = try Fixture.policy(#""Effect": "Allow", \#(principal), \#(Self.rest)"#, principals: .saved(ids))
        #expect(Self.outcomes(allowing) == allow)
        let denying = try Fixture.policy(
            #""Effect": "Allow", "Principal": "*", \#(Self.rest)"#, #""Effect": "Deny", \#(principal), \#(Self.rest)"#,
            principals: .saved(ids))
        #expect(Self.outcomes(denying) == deny)
    }

    @Test(arguments: [
        ([aliceARN], [aliceARN: alice], "++----"), ([aliceARN], [:], "+-+---"), ([alice], [:], "++----"),
        ([roleARN], [roleARN: role], "------"),
        ([roleARN, "arn:aws:sts::111122223333:assumed-role/reader/visit"], [roleARN: role], "---+--"),
        ([role, "arn:aws:sts::111122223333:assumed-role/reader/visit"], [:], "---+--"),
        ([roleARN, "arn:aws:sts::111122223333:assumed-role/reader/visit"], [:], "---+-+"),
    ])
    func `A NotPrincipal leaves out`(names: [String], ids: [String: String], outcomes: String) throws {
        let list = (["111122223333"] + names).map { "\"\($0)\"" }.joined(separator: ",")
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": "*", \#(Self.rest)"#,
            #""Effect": "Deny", "NotPrincipal": {"AWS": [\#(list)]}, \#(Self.rest)"#, principals: .saved(ids))
        #expect(Self.outcomes(policy) == outcomes)
    }

    /// What names a principal itself is not limited by its boundary, and what names its role is.
    @Test func `An id names as directly as an ARN`() throws {
        let ids = PrincipalIDs.saved([Self.aliceARN: Self.alice, Self.roleARN: Self.role])
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": {"AWS": ["\#(Self.aliceARN)", "\#(Self.roleARN)"]}, \#(Self.rest)"#,
            principals: ids)
        let boundary = try Fixture.identity(#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*""#)
        let set = PolicySet(boundary: boundary, resource: policy)
        #expect(Fixture.decide(Self.everybody[0], set).isAllowed)
        #expect(!Fixture.decide(Self.everybody[3], set).isAllowed)
    }

    @Test func `The condition key aws:PrincipalArn goes by the name`() throws {
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": "*", \#(Self.rest), "Condition": {"ArnEquals": {"aws:PrincipalArn": "\#(Self.aliceARN)"}}"#,
            principals: .saved([Self.aliceARN: Self.alice]))
        let isAllowed = Self.everybody[..<3].map { principal in
            let values = principal.value(of: .principalARN, tag: nil).map { ["aws:principalarn": [$0]] } ?? [:]
            return Fixture.decide(principal, values: values, PolicySet(resource: policy)).isAllowed
        }
        #expect(isAllowed == [true, false, true])
    }

    private static func outcomes(_ policy: Policy) -> String {
        everybody.map { Fixture.decide($0, under: policy).isAllowed ? "+" : "-" }.joined()
    }

    // MARK: Saving

    /// Alice and the role reader, in one account.
    private struct Directory: PrincipalDirectory {
        var names = [aliceARN: alice, roleARN: role]

        func hasAccount(id: String) -> Bool { id == Fixture.account.id }
        func hasAccount(canonicalID: String) -> Bool { canonicalID == Fixture.account.canonicalID }
        func uniqueID(of arn: String) -> String? { names[arn] }
        func arn(of uniqueID: String) -> String? { names.first { $0.value == uniqueID }?.key }
    }

    @Test(
        arguments: [
            (#"{"AWS": "*"}"#, [:]), (#"{"AWS": ["111122223333", "arn:aws:iam::111122223333:root"]}"#, [:]),
            (#"{"CanonicalUser": "\#(Fixture.account.canonicalID)"}"#, [:]),
            (#"{"Service": "logging.s3.amazonaws.com"}"#, [:]),
            (#"{"AWS": "arn:aws:sts::111122223333:assumed-role/anything/visit"}"#, [:]),
            (#"{"AWS": "arn:aws:sts::111122223333:federated-user/carol"}"#, [:]),
            (#"{"AWS": ["\#(aliceARN)", "\#(roleARN)"]}"#, [aliceARN: alice, roleARN: role]),
            (#"{"AWS": ["\#(alice)", "\#(role)"]}"#, [alice: alice, role: role]),
            (#"{"AWS": "AIDAFORMERFORMERFORME"}"#, ["AIDAFORMERFORMERFORME": "AIDAFORMERFORMERFORME"]),
        ] as [(String, [String: String])])
    func `A policy is saved with ids`(principal: String, ids: [String: String]) throws {
        let principals = PrincipalIDs.current(Directory(), former: ["AIDAFORMERFORMERFORME"])
        let statement = #""Effect": "Deny", "NotPrincipal": \#(principal), \#(Self.rest)"#
        let policy = try Fixture.policy(statement, principals: principals)
        #expect(policy.principalIDs == ids)
        #expect(try Fixture.policy(statement, principals: .saved(ids)).principalIDs == ids)
    }

    @Test(arguments: [
        ("AWS", "arn:aws:iam::111122223333:user/bob"), ("AWS", "arn:aws:iam::111122223333:user/team/alice"),
        ("AWS", "arn:aws:iam::111122223333:role/reader"), ("AWS", "arn:aws:iam::444455556666:user/alice"),
        ("AWS", "444455556666"), ("AWS", "arn:aws:iam::444455556666:root"),
        ("CanonicalUser", Fixture.otherAccount.canonicalID),
        ("AWS", "arn:aws:sts::444455556666:assumed-role/reader/visit"), ("AWS", "AIDANOBODYNOBODYNOBOD"),
        ("AWS", "AROANOBODYNOBODYNOBOD"), ("AWS", "AIDASHORT"), ("AWS", "aidaaliceAliceAlice01"),
        ("AWS", "AGPAGROUPGROUPGROUPGR"),
    ])
    func `A principal that is not there is refused`(kind: String, name: String) {
        let principals = PrincipalIDs.current(Directory(), former: [])
        let named = #"{"AWS": "\#(Self.aliceARN)", "\#(kind)": "\#(name)"}"#.replacing(
            kind == "AWS" ? #""AWS": "\#(Self.aliceARN)", "# : "", with: "")
        let bucket = #expect(throws: S3Error.self) {
            try Fixture.policy(#""Effect": "Deny", "Principal": \#(named), \#(Self.rest)"#, principals: principals)
        }
        #expect(bucket?.code.name == "MalformedPolicy" && bucket?.message == "Invalid principal in policy")
        #expect(bucket?.details.map(\.value) == ["\"\(kind)\" : \"\(name)\""])
        let trust = #expect(throws: S3Error.self) {
            try Policy(
                trustDocument: Array(
                    #"{"Statement": {"Effect": "Allow", "Principal": \#(named), "Action": "sts:AssumeRole"}}"#.utf8),
                principals: principals)
        }
        #expect(trust?.code.name == "MalformedPolicyDocument")
        #expect(trust?.message == "Invalid principal in policy: \"\(kind)\":\"\(name)\"")
    }

    // MARK: Showing

    @Test func `A policy is shown as it was put while nothing changed`() {
        let document = Array(#" {"Statement":{"Principal":{"AWS":"\#(Self.aliceARN)"}}}"#.utf8)
        #expect(Policy.shown(document, ids: [Self.aliceARN: Self.alice], in: Directory()) == document)
        #expect(Policy.shown(document, ids: [:], in: Directory(names: [:])) == document)
    }

    /// Only where principals stand, escaped or not, and nothing else is touched.
    @Test func `Who is renamed or gone is shown by the new ARN or the id`() {
        let directory = Directory(names: ["arn:aws:iam::111122223333:user/alicia": Self.alice])
        func document(_ alice: String, _ role: String) -> String {
            #"""
            { "Version":"2012-10-17", "Id":"\#(Self.aliceARN)", "Statement" : [
              {"Principal": {"AWS": \#(alice)}, "Sid": "\#(Self.aliceARN)"},
              {"NotPrincipal": {"AWS" :["111122223333", \#(role),\#(alice) ], "CanonicalUser": "\""}, "Action": "s3:*",
               "Condition": {"ArnEquals": {"aws:PrincipalArn": ["\#(Self.aliceARN)"], "Principal": {"AWS": "\#(Self.roleARN)"}}}}
            ]}
            """#
        }
        let escaped = Self.aliceARN.replacing("/", with: #"\/"#)
        let shown = Policy.shown(
            Array(document("\"\(escaped)\"", "\"\(Self.roleARN)\"").utf8),
            ids: [Self.aliceARN: Self.alice, Self.roleARN: Self.role], in: directory)
        #expect(
            String(decoding: shown, as: UTF8.self)
                == document("\"arn:aws:iam::111122223333:user/alicia\"", "\"\(Self.role)\""))
    }
}
