import CofferAccess
import CofferClient
import CofferModel
import CofferServer

/// `coffer explain`: whether a request would be allowed, which statement decides, and how each statement bears on it;
/// answered by a server, from a data directory, or from policies in files.
enum ExplainCommand {
    static let command = Command(
        name: "explain", summary: "Show whether a request would be allowed, and why",
        details: """
            There are three ways. By default it asks a server, with the keys of the root of the account that
            owns the bucket. With --data it reads a data directory, or a copy of one, that no server uses.
            Both evaluate everything that applies. With --policy, --identity-policy, --boundary or
            --session-policy it evaluates only those files, without ACLs and public access blocks.

            Exit codes: 0 allowed; 3 denied or not allowed; 1 failure; 64 wrong options

            Examples
              coffer explain --principal arn:aws:iam::000000000000:user/robot --action s3:PutObject \\
                --resource arn:aws:s3:::books/a.csv
              coffer explain --policy policy.json --principal anonymous --action s3:GetObject \\
                --resource arn:aws:s3:::books/a.csv --condition aws:SourceIp=192.0.2.1
            """,
        options: [
            Option(
                "principal", "WHO",
                help:
                    "evaluate a request by this principal: the ARN of a user, role or session, anonymous, or root for "
                    + "the bucket owner's root"
            ),
            Option("action", "ACTION", help: "evaluate this action, such as s3:GetObject"),
            Option("resource", "ARN", help: "evaluate it for this resource, such as arn:aws:s3:::bucket/key"),
            Option(
                "condition", "KEY=VALUE", isRepeatable: true,
                help: "set a condition key of the request, such as aws:SourceIp=192.0.2.1; repeatable"),
            Option("data", "DIRECTORY", help: "read this data directory"),
            Option("policy", "FILE", help: "evaluate files: this policy of the bucket"),
            Option(
                "identity-policy", "FILE", isRepeatable: true,
                help: "evaluate files: this policy of the principal, or the ARN of a policy of AWS, such as "
                    + "arn:aws:iam::aws:policy/AmazonS3FullAccess; repeatable"),
            Option("boundary", "FILE", help: "evaluate files: this permissions boundary of the principal"),
            Option(
                "session-policy", "FILE", isRepeatable: true,
                help: "evaluate files: this policy of the principal's session; repeatable"),
            Option(
                "bucket-owner", "ACCOUNT",
                help: "with files: take this account as the bucket's owner; default: the principal's account"),
        ] + Connection.options, run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let (principal, action) = (try options.required("principal"), try options.required("action"))
        let resource = try options.required("resource")
        let conditions = try options.pairs("condition").map { (key: $0.name, value: $0.value) }
        let question: AccessQuestion
        do throws(S3Error) {
            question = try AccessQuestion(
                principal: principal, action: action, resource: resource, conditions: conditions)
        } catch {
            throw options.usage(error.message)
        }
        let explanation = try await explain(question, options)
        print(options.wantsJSON ? explanation.json : explanation.page)
        return explanation.isAllowed ? .success : .negative
    }

    private static func explain(_ question: AccessQuestion, _ options: Options) async throws -> Explanation {
        if let policies = try PolicyFiles(options) { return try policies.explain(question) }
        if let directory = options["data"] {
            return try await CofferServer.explain(question, dataDirectory: directory)
        }
        return try await ask(question, try options.iam())
    }

    private static func ask(_ question: AccessQuestion, _ iam: QueryClient) async throws -> Explanation {
        var parameters = [
            ("PrincipalArn", question.principal), ("ActionName", question.action), ("ResourceArn", question.resource),
        ]
        for (index, entry) in question.values.sorted(by: { $0.key < $1.key }).enumerated() {
            let member = "ContextEntries.member.\(index + 1)"
            parameters.append(("\(member).ContextKeyName", entry.key))
            for (index, value) in entry.value.enumerated() {
                parameters.append(("\(member).ContextKeyValues.member.\(index + 1)", value))
            }
        }
        return try Explanation(try await iam.call("ExplainRequest", parameters))
    }
}

extension Explanation {
    /// Reads the response of ExplainRequest.
    fileprivate init(_ answer: XMLElement) throws {
        self.init(
            isAllowed: try answer.child("IsAllowed").text == "true",
            isDenied: try answer.child("IsDenied").text == "true", reason: try answer.child("Reason").text,
            principal: try answer.child("PrincipalArn").text, action: try answer.child("ActionName").text,
            resource: try answer.child("ResourceArn").text,
            statements: try answer.child("Statements").all("member").map(Statement.init))
    }

    fileprivate var page: String {
        let lines = statements.map { "  \($0.text)" }
        let head = [reason, "", "Principal: \(principal)", "Action: \(action)", "Resource: \(resource)"]
        return (head + (lines.isEmpty ? ["No statement was evaluated"] : ["", "Statements"] + lines))
            .joined(separator: "\n")
    }

    fileprivate var json: String {
        let statements = statements.map { statement in
            JSONText.object([
                ("effect", .string(statement.isAllow ? "Allow" : "Deny")), ("source", .string(statement.source)),
                ("policy", JSONText(statement.policy)), ("index", .number(Int64(statement.index))),
                ("sid", JSONText(statement.id)), ("matches", .bool(statement.matches)),
                ("outcome", .string(statement.outcome)),
            ])
        }
        return JSONText.object([
            ("allowed", .bool(isAllowed)), ("denied", .bool(isDenied)), ("reason", .string(reason)),
            ("principal", .string(principal)), ("action", .string(action)), ("resource", .string(resource)),
            ("statements", .list(statements)),
        ]).text
    }
}

extension Explanation.Statement {
    fileprivate init(_ member: XMLElement) throws {
        self.init(
            isAllow: try member.child("Effect").text == "Allow", source: try member.child("Source").text,
            policy: member["Policy"]?.text, index: Int(try member.child("Index").text) ?? 0, id: member["Sid"]?.text,
            matches: try member.child("Matches").text == "true", outcome: try member.child("Outcome").text)
    }
}
