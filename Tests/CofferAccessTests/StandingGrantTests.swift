import CofferModel
import Testing

@testable import CofferAccess

/// What policies allow whatever else a request says.
struct StandingGrantTests {
    private static func alwaysAllows(
        _ principal: Principal, _ policies: PolicySet, action: String = "s3:GetObject", isAboutObjects: Bool = true
    ) -> Bool {
        policies.alwaysAllow(
            action, by: principal, on: BucketName(unchecked: "books"), isAboutObjects: isAboutObjects,
            owner: Fixture.account.id)
    }

    private static let everyone = #""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "#

    @Test(arguments: [
        ("arn:aws:s3:::books/*", true), ("arn:aws:s3:::*", true), ("*", true), ("arn:aws:s3:::books*", true),
        ("arn:aws:s3:::books/a*", false), ("arn:aws:s3:::books/a", false), ("arn:aws:s3:::books/*.csv", false),
        ("arn:aws:s3:::books/**", false), ("arn:aws:s3:::books/?*", false), ("arn:aws:s3:::books", false),
    ])
    func `A statement must be about all objects`(resource: String, isAll: Bool) throws {
        let statement = #""Effect": "Allow", "Action": "s3:Get*", "Resource": "\#(resource)""#
        let policies = PolicySet(identity: [try Fixture.identity(statement)])
        #expect(Self.alwaysAllows(Fixture.alice, policies) == isAll)
        #expect(!Self.alwaysAllows(Fixture.alice, policies, action: "s3:PutObject"))
    }

    @Test(arguments: [
        #""Resource": "arn:aws:s3:::books/${aws:username}/*""#, #""NotResource": "arn:aws:s3:::others/*""#,
        #""Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#,
    ])
    func `A statement that looks at the request is none of them`(rest: String) throws {
        let statement = #""Effect": "Allow", "Action": "*", \#(rest)"#
        #expect(!Self.alwaysAllows(Fixture.alice, PolicySet(identity: [try Fixture.identity(statement)])))
    }

    @Test(arguments: [
        #""Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/secret""#, #""Action": "s3:*", "Resource": "*""#,
        #""NotAction": "s3:PutObject", "Resource": "*""#,
        #""Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:Referer": "x"}}"#,
    ])
    func `A denial of the action anywhere leaves the decision to each request`(denial: String) throws {
        let allowed = try Fixture.identity(#""Effect": "Allow", "Action": "*", "Resource": "*""#)
        let denied = try Fixture.identity(#""Effect": "Deny", \#(denial)"#)
        #expect(Self.alwaysAllows(Fixture.alice, PolicySet(identity: [allowed])))
        #expect(!Self.alwaysAllows(Fixture.alice, PolicySet(identity: [allowed, denied])))
    }

    @Test func `A denial of another action does not matter`() throws {
        let policy = try Fixture.identity(
            #""Effect": "Allow", "Action": "*", "Resource": "*""#,
            #""Effect": "Deny", "Action": "s3:PutObject", "Resource": "*""#)
        #expect(Self.alwaysAllows(Fixture.alice, PolicySet(identity: [policy])))
        #expect(!Self.alwaysAllows(Fixture.alice, PolicySet(identity: [policy]), action: "s3:PutObject"))
    }

    @Test func `A limit leaves the decision to each request`() throws {
        let all = try Fixture.identity(#""Effect": "Allow", "Action": "*", "Resource": "*""#)
        #expect(!Self.alwaysAllows(Fixture.alice, PolicySet(identity: [all], boundary: all)))
        #expect(!Self.alwaysAllows(Fixture.alice, PolicySet(identity: [all], session: [all])))
        var denialOnly = PolicySet(identity: [all])
        denialOnly.isResourceDenialOnly = true
        #expect(!Self.alwaysAllows(Fixture.alice, denialOnly))
    }

    @Test func `A bucket's policy for everyone counts for anonymous callers and for those of its account`() throws {
        let policies = PolicySet(
            resource: try Fixture.policy(Self.everyone + #""Resource": "arn:aws:s3:::books/*""#))
        #expect(Self.alwaysAllows(.anonymous, policies))
        #expect(Self.alwaysAllows(Fixture.alice, policies))
        #expect(!Self.alwaysAllows(Fixture.mallory, policies))
        #expect(!Self.alwaysAllows(.anonymous, PolicySet()))
        #expect(!Self.alwaysAllows(.anonymous, policies, action: "s3:ListBucket", isAboutObjects: false))
    }

    @Test func `A bucket's policy for one user counts for that user alone`() throws {
        let alice = #""Principal": {"AWS": "arn:aws:iam::111122223333:user/alice"}"#
        let ids = PrincipalIDs.saved(["arn:aws:iam::111122223333:user/alice": "AIDAALICE"])
        let policies = PolicySet(
            resource: try Fixture.policy(
                #""Effect": "Allow", \#(alice), "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#,
                principals: ids))
        #expect(Self.alwaysAllows(Fixture.alice, policies))
        #expect(!Self.alwaysAllows(Fixture.bob, policies))
        #expect(!Self.alwaysAllows(.anonymous, policies))
    }

    @Test func `A bucket's account alone does not allow its users anything`() throws {
        let policies = PolicySet(
            resource: try Fixture.policy(
                #""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "arn:aws:s3:::books/*""#
            ))
        #expect(!Self.alwaysAllows(Fixture.alice, policies))
    }

    @Test func `The bucket itself is another resource than its objects`() throws {
        let policies = PolicySet(
            identity: [try Fixture.identity(#""Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b??ks""#)])
        #expect(Self.alwaysAllows(Fixture.alice, policies, action: "s3:ListBucket", isAboutObjects: false))
        #expect(!Self.alwaysAllows(Fixture.alice, policies))
    }

    @Test func `An answer is remembered for one state of a bucket`() {
        let grants = StandingGrants()
        let states = [State(), State()]
        var asked: [Int] = []
        func ask(_ index: Int, _ answer: Bool, _ action: String = "s3:GetObject", isAboutObjects: Bool = true) -> Bool {
            grants.answer(
                action, isAboutObjects: isAboutObjects, in: BucketName(unchecked: "books"), states[index]
            ) {
                asked.append(index)
                return answer
            }
        }
        #expect(ask(0, true) && ask(0, false))
        #expect(!ask(1, false) && !ask(1, true))
        // The former state is not remembered beside the present one.
        #expect(ask(0, true))
        #expect(asked == [0, 1, 0])
        #expect(!ask(0, false, "s3:PutObject") && !ask(0, false, isAboutObjects: false))
        #expect(asked.count == 5)
    }

    private final class State: Sendable {}
}
