import CofferAccess
import CofferModel
import CofferServer
import Glibc

/// `coffer explain`: decides a request by policies in files, and tells which statement decides and how each bears on it.
enum ExplainCommand {
    private static let options = [
        Option("policy", "FILE", help: "the bucket's policy"),
        Option(
            "identity-policy", "FILE",
            help: "a policy of the principal, or the ARN of one of AWS's such as\n"
                + "arn:aws:iam::aws:policy/AmazonS3FullAccess; may be repeated"),
        Option("boundary", "FILE", help: "the principal's permissions boundary"),
        Option("session-policy", "FILE", help: "a policy of the principal's session; may be repeated"),
        Option("principal", "WHO", help: "who asks: an ARN of a user or session, anonymous, or root"),
        Option("action", "ACTION", help: "what for, such as s3:GetObject"),
        Option("resource", "ARN", help: "and of what, such as arn:aws:s3:::bucket/key"),
        Option(
            "bucket-owner", "ACCOUNT", help: "the account that owns the bucket; the principal's own unless given"),
        Option(
            "condition", "KEY=VALUE",
            help: "what the request has for a condition key, such as aws:SourceIp=192.0.2.1; may be repeated"),
        Option("json", help: "print JSON"),
    ]

    /// How the command ends.
    enum ExitCode: Int32 {
        case allowed = 0
        /// Not 1, which tells that something went wrong.
        case refused = 3
    }

    static func run(_ arguments: [String]) throws -> ExitCode {
        if arguments.contains("--help") || arguments.contains("-h") {
            print(help)
            return .allowed
        }
        let options = try Options(
            arguments, options: options, repeatable: ["condition", "identity-policy", "session-policy"],
            command: "explain")
        let request = try request(options)
        let policies = try policies(options, resource: request.resource)
        do throws(S3Error) {
            let explanation = Explanation(request: request, evaluation: try explain(request, policies))
            print(options.isGiven("json") ? explanation.json : explanation.text)
            return explanation.evaluation.isAllowed ? .allowed : .refused
        } catch {
            throw ServerError("the request cannot be decided: \(error.message)")
        }
    }

    private static var help: String {
        """
        coffer explain: tell whether policies allow a request, and why

        No server is asked, and ACLs and public access blocks are not looked at.

        \(Options.help(options))

        Exit codes: 0 allowed, 3 denied or not allowed, 1 a policy cannot be read, 64 wrong options

        Example
          coffer explain --policy policy.json --principal anonymous --action s3:GetObject \\
            --resource arn:aws:s3:::books/a.csv --condition aws:SourceIp=192.0.2.1
        """
    }

    private static func usage(_ message: String) -> UsageError { UsageError(message, command: "explain") }

    // MARK: The request

    private static func request(_ options: Options) throws -> AccessRequest {
        guard let who = options["principal"], let action = options["action"], let resource = options["resource"] else {
            throw usage("--principal, --action and --resource are needed")
        }
        guard S3Action.level(of: action) != nil else { throw usage("--action \(action): S3 has no such action") }
        guard resource == "*" || resource.hasPrefix("arn:aws:s3:::") else {
            throw usage("--resource \(resource): it takes an ARN such as arn:aws:s3:::bucket/key")
        }
        let owner = options["bucket-owner"]
        let principal = try principal(who, owner: owner)
        return AccessRequest(
            principal: principal, action: action, resource: resource,
            resourceAccount: owner ?? principal.account?.id ?? unknownAccount, value: try values(options, principal))
    }

    private static let unknownAccount = "000000000000"

    private static func principal(_ text: String, owner: String?) throws -> Principal {
        switch text {
        case "anonymous": return .anonymous
        case "root": return .root(Account(id: owner ?? unknownAccount))
        default:
            guard let principal = Principal(arn: text, account: { Account(id: $0) }) else {
                throw usage("--principal \(text): it takes the ARN of a user, a session or an account's root")
            }
            return principal
        }
    }

    /// What is given, else what follows from the principal and the moment.
    private static func values(_ options: Options, _ principal: Principal) throws -> AccessRequest.Values {
        var given: [String: [String]] = [:]
        for text in options.all("condition") {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let key = ConditionKey(parts[0]) else {
                throw usage("--condition \(text): it takes KEY=VALUE")
            }
            guard key.isKnown else { throw usage("--condition \(text): there is no key \(parts[0])") }
            given[key.text, default: []].append(parts[1])
        }
        let now = Timestamp.now()
        return { key throws(S3Error) in
            if let values = given[key.text] { return values }
            switch key.name {
            case .currentTime: return [now.iso8601]
            case .epochTime: return [String(now.seconds)]
            case let name?: return principal.value(of: name, tag: key.tag).map { [$0] }
            case nil: return nil
            }
        }
    }

    // MARK: Policies

    private static func policies(_ options: Options, resource: String) throws -> PolicySet {
        var policies = PolicySet(identity: try options.all("identity-policy").map(identityPolicy))
        policies.boundary = try options["boundary"].map(identityPolicy)
        let session = try options.all("session-policy").map(identityPolicy)
        policies.session = session.isEmpty ? nil : session
        policies.resource = try options["policy"].map { path in try bucketPolicy(path, resource: resource) }
        return policies
    }

    private static func bucketPolicy(_ path: String, resource: String) throws -> Policy {
        let name = resource.dropFirst("arn:aws:s3:::".count).prefix { $0 != "/" }
        guard let bucket = try? BucketName(String(name)) else {
            throw usage("--resource \(resource): with a bucket's policy it names the bucket or one of its objects")
        }
        return try read(path) { document throws(S3Error) in try Policy(document: document, bucket: bucket) }
    }

    private static func identityPolicy(_ path: String) throws -> Policy {
        if let managed = ManagedPolicy.allCases.first(where: { $0.arn == path }) { return managed.policy }
        return try read(path) { document throws(S3Error) in try Policy(identityDocument: document, name: path) }
    }

    private static func read(_ path: String, _ parse: ([UInt8]) throws(S3Error) -> Policy) throws -> Policy {
        guard let file = fopen(path, "re") else {
            throw ServerError("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var document = [UInt8](repeating: 0, count: 1 << 18)
        let count = fread(&document, 1, document.count, file)
        do throws(S3Error) {
            return try parse(Array(document.prefix(count)))
        } catch {
            throw ServerError("\(path): \(error.message)")
        }
    }
}

/// What was decided, for people and for programs.
private struct Explanation {
    let request: AccessRequest
    let evaluation: Evaluation

    private var principal: String { request.principal.arn ?? "anonymous" }

    var text: String {
        let trace = evaluation.trace.map { "  \($0)" }
        let head = [
            evaluation.reason, "", "Principal: \(principal)", "Action: \(request.action)",
            "Resource: \(request.resource)",
        ]
        return (head + (trace.isEmpty ? ["No statement was looked at"] : ["", "Statements"] + trace))
            .joined(separator: "\n")
    }

    var json: String {
        let statements = evaluation.trace.map { trace in
            Self.object([
                ("effect", JSONValue.quoted(trace.isAllow ? "Allow" : "Deny")),
                ("source", JSONValue.quoted(trace.statement.source.rawValue)),
                ("policy", trace.statement.policy.map(JSONValue.quoted) ?? "null"),
                ("index", String(trace.statement.index)),
                ("sid", trace.statement.id.map(JSONValue.quoted) ?? "null"),
                ("matches", String(trace.outcome == .matched)),
                ("outcome", JSONValue.quoted(trace.outcome.description)),
            ])
        }
        return Self.object([
            ("allowed", String(evaluation.isAllowed)), ("denied", String(evaluation.decision.isDenied)),
            ("reason", JSONValue.quoted(evaluation.reason)), ("principal", JSONValue.quoted(principal)),
            ("action", JSONValue.quoted(request.action)), ("resource", JSONValue.quoted(request.resource)),
            ("statements", "[\(statements.joined(separator: ","))]"),
        ])
    }

    /// - Parameter members: their values as JSON.
    private static func object(_ members: [(name: String, value: String)]) -> String {
        "{\(members.map { "\(JSONValue.quoted($0.name)):\($0.value)" }.joined(separator: ","))}"
    }
}
