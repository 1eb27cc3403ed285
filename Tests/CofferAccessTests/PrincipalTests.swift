import CofferAccess
import CofferModel
import Testing

/// Whom a statement's `Principal` means, for everyone there may be.
struct PrincipalTests {
    private static let everybody: [Principal] = [
        .anonymous, Fixture.root, Fixture.alice, Fixture.session, Fixture.federated, .root(Fixture.otherAccount),
        Fixture.mallory, Fixture.otherSession,
    ]

    @Test func `No two kinds of callers share a name in the log`() {
        let users = ["root", "anonymous", "-"].map { Principal.user(User(name: $0, account: Fixture.account)) }
        let federated = [Principal.federatedUser(FederatedUser(name: "alice", account: Fixture.account))]
        let names = ([.anonymous, Fixture.root, Fixture.alice, Fixture.session] + users + federated).map(\.name)
        #expect(Set(names).count == names.count, "\(names)")
        #expect(Fixture.alice.name == "alice" && !names.contains("-"))
    }

    /// The outcomes of `Allow`, then those of `Deny`, for anonymous, the root, alice, a session of the role reader, the
    /// federated carol, and from another account its root, mallory, and a session of a role of the same name.
    ///
    /// Everyone of another account has a policy of its own that allows everything, those of the bucket's account have
    /// none. With `Deny` all of them do, and the bucket's policy allows everyone else.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let allow: String
        let deny: String

        init(_ principal: String, _ allow: String, _ deny: String) {
            testDescription = principal
            self.allow = allow
            self.deny = deny
        }
    }

    @Test(arguments: [
        Row(#""Principal": "*""#, "++++++++", "--------"),
        Row(#""Principal": {"AWS": "*"}"#, "++++++++", "--------"),
        Row(#""Principal": {"AWS": "111122223333"}"#, "-+------", "+----+++"),
        Row(#""Principal": {"AWS": "arn:aws:iam::111122223333:root"}"#, "-+------", "+----+++"),
        Row(#""Principal": {"AWS": "444455556666"}"#, "-+---+++", "+++++---"),
        Row(#""Principal": {"AWS": "arn:aws:iam::444455556666:root"}"#, "-+---+++", "+++++---"),
        Row(#""Principal": {"AWS": "777788889999"}"#, "-+------", "++++++++"),
        Row(#""Principal": {"AWS": ["111122223333", "444455556666"]}"#, "-+---+++", "+-------"),
        Row(#""Principal": {"AWS": "arn:aws:iam::111122223333:user/alice"}"#, "-++-----", "++-+++++"),
        Row(#""Principal": {"AWS": "arn:aws:iam::111122223333:user/ALICE"}"#, "-+------", "++++++++"),
        Row(#""Principal": {"AWS": "arn:aws:iam::111122223333:user/path/alice"}"#, "-+------", "++++++++"),
        Row(#""Principal": {"AWS": "arn:aws:iam::444455556666:user/mallory"}"#, "-+----+-", "++++++-+"),
        Row(#""Principal": {"AWS": "arn:aws:iam::111122223333:role/team/reader"}"#, "-+-+----", "+++-++++"),
        Row(#""Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"}"#, "-+------", "++++++++"),
        Row(#""Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/reader/visit"}"#, "-+-+----", "+++-++++"),
        Row(#""Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/reader/other"}"#, "-+------", "++++++++"),
        Row(#""Principal": {"AWS": "arn:aws:sts::444455556666:assumed-role/reader/visit"}"#, "-+-----+", "+++++++-"),
        Row(#""Principal": {"AWS": "arn:aws:sts::111122223333:federated-user/carol"}"#, "-+--+---", "++++-+++"),
        Row(#""Principal": {"AWS": "arn:aws:sts::111122223333:federated-user/dave"}"#, "-+------", "++++++++"),
        Row(#""Principal": {"CanonicalUser": "\#(Fixture.account.canonicalID)"}"#, "-+------", "+----+++"),
        Row(#""Principal": {"CanonicalUser": "\#(Fixture.otherAccount.canonicalID)"}"#, "-+---+++", "+++++---"),
        Row(#""Principal": {"Service": "logging.s3.amazonaws.com"}"#, "-+------", "++++++++"),
        Row(#""Principal": {"Federated": "accounts.google.com"}"#, "-+------", "++++++++"),
        Row(
            #""Principal": {"AWS": "arn:aws:iam::111122223333:user/alice", "CanonicalUser": "\#(Fixture.otherAccount.canonicalID)"}"#,
            "-++--+++", "++-++---"),
    ])
    func `A Principal means`(row: Row) throws {
        #expect(try Self.outcomes(allowing: row.testDescription) == row.allow)
        #expect(try Self.outcomes(denying: row.testDescription) == row.deny)
    }

    /// IAM User Guide, "NotPrincipal": who is to be left out must be named with the account, and a session with its role.
    @Test(arguments: [
        (#"{"AWS": "111122223333"}"#, "-+------"),
        (#"{"AWS": "arn:aws:iam::111122223333:user/alice"}"#, "--------"),
        (#"{"AWS": ["111122223333", "arn:aws:iam::111122223333:user/alice"]}"#, "-++-----"),
        (#"{"AWS": ["444455556666", "arn:aws:iam::111122223333:user/alice"]}"#, "-----+--"),
        (#"{"AWS": ["111122223333", "arn:aws:iam::111122223333:role/team/reader"]}"#, "-+------"),
        (
            #"{"AWS": ["111122223333", "arn:aws:iam::111122223333:role/team/reader", "arn:aws:sts::111122223333:assumed-role/reader/visit"]}"#,
            "-+-+----"
        ),
        (#"{"AWS": ["111122223333", "arn:aws:sts::111122223333:federated-user/carol"]}"#, "-+--+---"),
        (#"{"AWS": ["444455556666", "arn:aws:iam::444455556666:user/mallory"]}"#, "-----++-"),
        (#"{"CanonicalUser": "\#(Fixture.otherAccount.canonicalID)"}"#, "-----+--"),
        (#"{"AWS": "*"}"#, "++++++++"), (#"{"Service": "logging.s3.amazonaws.com"}"#, "--------"),
    ])
    func `A NotPrincipal leaves out`(principal: String, outcomes: String) throws {
        #expect(try Self.outcomes(denying: #""NotPrincipal": \#(principal)"#) == outcomes)
    }

    private static let rest = #""Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#

    private static func outcomes(allowing principal: String) throws -> String {
        let policy = try Fixture.policy(#""Effect": "Allow", \#(principal), \#(rest)"#)
        return everybody.map { each in
            let isOther = each.account == Fixture.otherAccount
            let identity = isOther ? [ManagedPolicy.administratorAccess.policy] : []
            return Fixture.decide(each, PolicySet(identity: identity, resource: policy)).isAllowed ? "+" : "-"
        }.joined()
    }

    private static func outcomes(denying principal: String) throws -> String {
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": "*", \#(rest)"#, #""Effect": "Deny", \#(principal), \#(rest)"#)
        let identity = [ManagedPolicy.administratorAccess.policy]
        return everybody.map { each in
            let policies = each == .anonymous ? [] : identity
            return Fixture.decide(each, PolicySet(identity: policies, resource: policy)).isAllowed ? "+" : "-"
        }.joined()
    }

    // MARK: Names

    @Test func `Everyone has the names that AWS gives them`() {
        let names = Self.everybody.map { [$0.arn, $0.identityARN, $0.userID, $0.userName, $0.type] }
        #expect(
            names[..<5] == [
                [nil, nil, "anonymous", nil, "Anonymous"],
                [
                    "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root", "111122223333", nil, "Account",
                ],
                [
                    "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/alice", "AIDAALICE",
                    "alice", "User",
                ],
                [
                    "arn:aws:sts::111122223333:assumed-role/reader/visit", "arn:aws:iam::111122223333:role/team/reader",
                    "AROAREADER:visit", nil, "AssumedRole",
                ],
                [
                    "arn:aws:sts::111122223333:federated-user/carol", "arn:aws:sts::111122223333:federated-user/carol",
                    "111122223333:carol", nil, "FederatedUser",
                ],
            ])
    }

    @Test func `A policy tells whom it names`() throws {
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:user/alice", "111122223333"]}, \#(Self.rest)"#,
            #""Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:role/team/reader"}, \#(Self.rest)"#)
        #expect(
            policy.principalARNs
                == ["arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/team/reader"])
    }
}
