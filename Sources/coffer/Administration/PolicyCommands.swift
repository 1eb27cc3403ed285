import CofferClient
import CofferModel

/// `coffer policy …`: managed policies and what they are attached to, over the API of IAM.
enum PolicyCommands {
    private static let holders = [
        Option("user", "NAME", help: "attach it to, or detach it from, this user"),
        Option("group", "NAME", help: "or this group"),
        Option("role", "NAME", help: "or this role"),
    ]
    private static let naming = "POLICY is an ARN, or the name of a policy of the account or of AWS."

    static let all = [
        Command(
            name: "policy create", operands: "NAME FILE",
            summary: "Create a managed policy from a JSON document",
            options: [Option("description", "TEXT", help: "describe what it is for")] + Connection.options, run: create),
        Command(
            name: "policy update", operands: "POLICY FILE",
            summary: "Replace the document of a policy",
            details: naming + "\nThe latest five versions are kept; a sixth replaces the oldest.",
            options: Connection.options, run: update),
        Command(
            name: "policy list", summary: "List the account's own managed policies",
            options: [Option("aws", help: "also list the policies of AWS")] + Connection.options, run: list),
        Command(
            name: "policy show", operands: "POLICY", summary: "Print the document of a policy",
            details: naming, options: Connection.options, run: show),
        Command(
            name: "policy delete", operands: "POLICY|s3://BUCKET",
            summary: "Delete an unattached policy, or a bucket's policy", details: naming,
            options: Connection.options,
            run: { namesBucket($0.operands[0]) ? try await BucketDocuments.deletePolicy($0) : try await delete($0) }),
        Command(
            name: "policy attach", operands: "POLICY",
            summary: "Attach a policy to a user, group or role",
            details: naming + "\n\nExample\n  coffer policy attach AmazonS3FullAccess --user openspending-robot",
            options: holders + Connection.options, run: { try await attach($0, verb: "Attach") }),
        Command(
            name: "policy detach", operands: "POLICY",
            summary: "Detach a policy from a user, group or role", details: naming,
            options: holders + Connection.options, run: { try await attach($0, verb: "Detach") }),
    ]

    @Sendable private static func create(_ options: Options) async throws -> ExitCode {
        let iam = try options.iam()
        var parameters = [
            ("PolicyName", options.operands[0]), ("PolicyDocument", try text(of: options.operands[1])),
        ]
        if let description = options["description"] { parameters.append(("Description", description)) }
        let policy = try await iam.call("CreatePolicy", parameters).child("Policy")
        printRecord(
            ["PolicyName", "PolicyId", "Arn", "DefaultVersionId"].map { ($0, policy[$0]?.text) },
            asJSON: options.wantsJSON)
        return .success
    }

    @Sendable private static func update(_ options: Options) async throws -> ExitCode {
        let iam = try options.iam()
        let arn = [("PolicyArn", try await arn(of: options.operands[0], iam))]
        let document = try text(of: options.operands[1])
        let versions = try await iam.list("ListPolicyVersions", "Versions", arn)
        let others = versions.filter { $0["IsDefaultVersion"]?.text != "true" }
        if versions.count >= 5, let oldest = others.last?["VersionId"]?.text {
            _ = try await iam.call("DeletePolicyVersion", arn + [("VersionId", oldest)])
        }
        let version = try await iam.call(
            "CreatePolicyVersion", arn + [("PolicyDocument", document), ("SetAsDefault", "true")]
        ).child("PolicyVersion")
        printRecord([("Arn", arn[0].1), ("VersionId", version["VersionId"]?.text)], asJSON: options.wantsJSON)
        return .success
    }

    @Sendable private static func list(_ options: Options) async throws -> ExitCode {
        let iam = try options.iam()
        var table = Table(columns: ["PolicyName", "Arn", "DefaultVersionId", "AttachmentCount"])
        let scope = options.isGiven("aws") ? "All" : "Local"
        for policy in try await iam.list("ListPolicies", "Policies", [("Scope", scope)]) {
            table.rows.append(table.columns.map { policy[$0]?.text })
        }
        table.print(asJSON: options.wantsJSON)
        return .success
    }

    /// Prints the document, which is JSON with or without --json.
    @Sendable private static func show(_ options: Options) async throws -> ExitCode {
        let iam = try options.iam()
        let arn = [("PolicyArn", try await arn(of: options.operands[0], iam))]
        let version = try await iam.call("GetPolicy", arn).child("Policy").child("DefaultVersionId").text
        let document = try await iam.call("GetPolicyVersion", arn + [("VersionId", version)])
            .child("PolicyVersion").child("Document").text
        guard let bytes = PercentEncoding.decode(document[...]) else {
            throw TransportError(.badResponse, "the service's answer has a document that cannot be decoded")
        }
        print(String(decoding: bytes, as: UTF8.self))
        return .success
    }

    @Sendable private static func delete(_ options: Options) async throws -> ExitCode {
        let iam = try options.iam()
        let arn = [("PolicyArn", try await arn(of: options.operands[0], iam))]
        for version in try await iam.list("ListPolicyVersions", "Versions", arn)
        where version["IsDefaultVersion"]?.text != "true" {
            _ = try await iam.call("DeletePolicyVersion", arn + [("VersionId", try version.child("VersionId").text)])
        }
        _ = try await iam.call("DeletePolicy", arn)
        report("delete_policy: \(arn[0].1)", [("Action", "delete_policy"), ("Arn", arn[0].1)], options)
        return .success
    }

    private static func attach(_ options: Options, verb: String) async throws -> ExitCode {
        let kinds = ["user", "group", "role"].filter { options[$0] != nil }
        guard kinds.count == 1, let kind = kinds.first, let name = options[kind] else {
            throw options.usage("give exactly one of --user, --group and --role")
        }
        let iam = try options.iam()
        let noun = kind.prefix(1).uppercased() + kind.dropFirst()
        let arn = try await arn(of: options.operands[0], iam)
        _ = try await iam.call("\(verb)\(noun)Policy", [("\(noun)Name", name), ("PolicyArn", arn)])
        let action = "\(verb.lowercased())_policy"
        report(
            "\(action): \(arn) \(verb == "Attach" ? "to" : "from") \(kind) \(name)",
            [("Action", action), ("Arn", arn), ("\(noun)Name", name)], options)
        return .success
    }

    /// Returns the ARN of a policy that is given by its ARN or its name; the account's own policies come before AWS's.
    private static func arn(of policy: String, _ iam: QueryClient) async throws -> String {
        guard !policy.hasPrefix("arn:") else { return policy }
        let own = try await iam.list("ListPolicies", "Policies", [("Scope", "Local")])
        let found = own.first { $0["PolicyName"]?.text == policy }?["Arn"]?.text
        return found ?? "arn:aws:iam::aws:policy/\(policy)"
    }

    /// Returns whether an operand names a bucket, not a policy. A policy's name has no slash, except in an ARN.
    private static func namesBucket(_ text: String) -> Bool {
        S3URL.isOne(text) || !text.hasPrefix("arn:") && text.contains("/") && AliasPath(text) != nil
    }

    private static func text(of path: String) throws -> String {
        String(decoding: try bytes(ofFile: path), as: UTF8.self)
    }
}
