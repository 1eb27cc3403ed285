import CofferClient
import CofferModel

/// `coffer key …`: access keys of users, over the API of IAM.
enum KeyCommands {
    private static let user = Option(
        "user", "NAME", help: "change a key of this user; default: yourself, or for the root any user")

    static let all = [
        Command(
            name: "key create", operands: "[USER]",
            summary: "Create an access key; its secret is shown only once",
            details:
                "It is printed as environment variables; set them with 'eval \"$(coffer key create robot)\"'.",
            options: Connection.options, run: create),
        Command(
            name: "key list", operands: "[USER]",
            summary: "List access keys, and when they were last used",
            options: Connection.options, run: list),
        Command(
            name: "key enable", operands: "ID", summary: "Enable an access key again",
            options: [user] + Connection.options, run: { try await setStatus("Active", $0) }),
        Command(
            name: "key disable", operands: "ID",
            summary: "Disable an access key until it is enabled again",
            options: [user] + Connection.options, run: { try await setStatus("Inactive", $0) }),
        Command(
            name: "key delete", operands: "ID", summary: "Delete an access key permanently",
            options: [user] + Connection.options, run: delete),
    ]

    @Sendable private static func create(_ options: Options) async throws -> ExitCode {
        let connection = try Connection(options)
        let iam = try connection.query(.iam)
        let parameters = options.operands.first.map { [("UserName", $0)] } ?? []
        let key = try await iam.call("CreateAccessKey", parameters).child("AccessKey")
        let (id, secret) = (try key.child("AccessKeyId").text, try key.child("SecretAccessKey").text)
        if options.wantsJSON {
            printRecord(
                [("UserName", key["UserName"]?.text), ("AccessKeyId", id), ("SecretAccessKey", secret)], asJSON: true)
        } else {
            // An alias would take precedence over the keys, and they are valid on this server only.
            print("unset COFFER_ALIAS\nexport COFFER_ENDPOINT=\(shellWord(try connection.url(of: "s3")))")
            // A shell will run this text, which comes from the server.
            print("export AWS_ACCESS_KEY_ID=\(shellWord(id))\nexport AWS_SECRET_ACCESS_KEY=\(shellWord(secret))")
        }
        return .success
    }

    @Sendable private static func list(_ options: Options) async throws -> ExitCode {
        let iam = try options.iam()
        let parameters = options.operands.first.map { [("UserName", $0)] } ?? []
        var table = Table(columns: [
            "AccessKeyId", "UserName", "Status", "CreateDate", "LastUsedDate", "LastUsedService",
        ])
        for key in try await iam.list("ListAccessKeys", "AccessKeyMetadata", parameters) {
            let id = try key.child("AccessKeyId").text
            let use = try await iam.call("GetAccessKeyLastUsed", [("AccessKeyId", id)])["AccessKeyLastUsed"]
            table.rows.append([
                id, key["UserName"]?.text, key["Status"]?.text, key["CreateDate"]?.text, use?["LastUsedDate"]?.text,
                use?["ServiceName"]?.text,
            ])
        }
        table.print(asJSON: options.wantsJSON)
        return .success
    }

    private static func setStatus(_ status: String, _ options: Options) async throws -> ExitCode {
        let iam = try options.iam()
        _ = try await iam.call("UpdateAccessKey", parameters(options) + [("Status", status)])
        let verb = status == "Active" ? "enable" : "disable"
        report(
            "\(verb)_key: \(options.operands[0])",
            [("Action", "\(verb)_key"), ("AccessKeyId", options.operands[0])], options)
        return .success
    }

    @Sendable private static func delete(_ options: Options) async throws -> ExitCode {
        let iam = try options.iam()
        _ = try await iam.call("DeleteAccessKey", parameters(options))
        report(
            "delete_key: \(options.operands[0])",
            [("Action", "delete_key"), ("AccessKeyId", options.operands[0])], options)
        return .success
    }

    private static func parameters(_ options: Options) -> [(name: String, value: String)] {
        [("AccessKeyId", options.operands[0])] + (options["user"].map { [("UserName", $0)] } ?? [])
    }
}
