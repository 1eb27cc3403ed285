import CofferAccess
import CofferModel
import Testing

/// The parts of truth tables of all policies that have a say in a request for an object of the bucket `books`.
enum Combination {
    /// One line: what the identity's policies and the bucket's say, and the outcome for each of the limits in their order.
    struct Row: Sendable, CustomTestStringConvertible {
        let identity: String
        let resource: String
        let outcomes: String
        var testDescription: String { "identity \(identity), resource \(resource)" }

        init(_ identity: String, _ resource: String, _ outcomes: String) {
            self.identity = identity
            self.resource = resource
            self.outcomes = outcomes.filter { $0 != " " }
        }
    }

    /// What a limit says: there is none, it allows, it says nothing, it denies. The boundary's four by the session's four.
    private static let limits = ["absent", "allow", "silent", "deny"]

    static let limited = "++-- ++-- ---- ----"
    static let direct = "+++- +++- +++- ----"
    static let never = "---- ---- ---- ----"

    // MARK: Policies

    static func expect(
        _ row: Row, _ principal: Principal, _ arn: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let account = try #require(principal.account).id
        var outcomes = ""
        for boundary in limits {
            for session in limits {
                let set = PolicySet(
                    identity: try identity(row.identity), boundary: try identity(boundary).first,
                    session: session == "absent" ? nil : try identity(session),
                    resource: try resource(row.resource, naming: arn, account))
                let isAllowed = Fixture.decide(principal, set).isAllowed
                outcomes += isAllowed ? "+" : "-"
                let isAlwaysAllowed = set.alwaysAllow(
                    "s3:GetObject", by: principal, on: try BucketName("books"), isAboutObjects: true,
                    owner: Fixture.account.id)
                #expect(!isAlwaysAllowed || isAllowed, sourceLocation: sourceLocation)
            }
        }
        #expect(outcomes == row.outcomes, sourceLocation: sourceLocation)
    }

    static func identity(_ kind: String) throws -> [Policy] {
        switch kind {
        case "absent": []
        case "allow": [try Fixture.identity(#""Effect": "Allow", "Action": "*", "Resource": "*""#)]
        case "deny":
            [
                try Fixture.identity(
                    #""Effect": "Allow", "Action": "*", "Resource": "*""#,
                    #""Effect": "Deny", "Action": ["s3:Get*", "sts:*"], "Resource": "*""#)
            ]
        default: [try Fixture.identity(#""Effect": "Allow", "Action": "s3:PutObject", "Resource": "*""#)]
        }
    }

    static func resource(_ kind: String, naming arn: String, _ account: String) throws -> Policy? {
        let rest = #""Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#
        let path = account == Fixture.account.id ? "team/" : ""
        let role = "arn:aws:iam::\(account):role/\(path)reader"
        let canonical = account == Fixture.account.id ? Fixture.account : Fixture.otherAccount
        func denying(_ principal: String) throws -> Policy {
            try Fixture.policy(
                #""Effect": "Allow", "Principal": "*", \#(rest)"#,
                #""Effect": "Deny", "Principal": \#(principal), \#(rest)"#)
        }
        switch kind {
        case "absent": return nil
        case "account": return try Fixture.policy(#""Effect": "Allow", "Principal": {"AWS": "\#(account)"}, \#(rest)"#)
        case "everyone": return try Fixture.policy(#""Effect": "Allow", "Principal": "*", \#(rest)"#)
        case "itself": return try Fixture.policy(#""Effect": "Allow", "Principal": {"AWS": "\#(arn)"}, \#(rest)"#)
        case "role": return try Fixture.policy(#""Effect": "Allow", "Principal": {"AWS": "\#(role)"}, \#(rest)"#)
        case "canonical":
            return try Fixture.policy(
                #""Effect": "Allow", "Principal": {"CanonicalUser": "\#(canonical.canonicalID)"}, \#(rest)"#)
        case "other":
            return try Fixture.policy(#""Effect": "Allow", "Principal": {"AWS": "777788889999"}, \#(rest)"#)
        case "deny": return try denying(#""*""#)
        case "deny itself": return try denying(#"{"AWS": "\#(arn)"}"#)
        case "deny account": return try denying(#"{"AWS": "\#(account)"}"#)
        case "deny role": return try denying(#"{"AWS": "\#(role)"}"#)
        case "deny other": return try denying(#"{"AWS": "777788889999"}"#)
        default:
            return try Fixture.policy(
                #""Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::books/*""#)
        }
    }
}
