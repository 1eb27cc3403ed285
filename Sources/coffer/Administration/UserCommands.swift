import CofferClient
import CofferModel

/// `coffer user …`: users of the account, over the API of IAM.
enum UserCommands {
    static let all = [
        Command(
            name: "user create", operands: "NAME", summary: "Create a user without any permissions",
            details: "Add permissions with 'coffer policy attach' and a key with 'coffer key create'.",
            options: [
                Option("path", "PATH", help: "set a path for its ARN, such as /staff/"),
                Option("tag", "KEY=VALUE", isRepeatable: true, help: "set a tag; repeatable"),
            ] + Connection.options, run: create),
        Command(
            name: "user list", summary: "List the users",
            options: [Option("path", "PREFIX", help: "list only users whose path has this prefix")]
                + Connection.options,
            run: list
        ),
        Command(
            name: "user show", operands: "[NAME]",
            summary: "Show a user with its groups, policies and keys",
            details: "Without NAME, it is the user whose keys are used.",
            options: Connection.options, run: show),
        Command(
            name: "user delete", operands: "NAME",
            summary: "Delete a user that has no keys, policies or groups",
            options: [Option("force", help: "first delete its keys, detach its policies and leave its groups")]
                + Connection.options, run: delete),
    ]

    @Sendable private static func create(_ options: Options) async throws -> ExitCode {
        var parameters = [("UserName", options.operands[0])]
        if let path = options["path"] { parameters.append(("Path", path)) }
        for (index, tag) in try options.pairs("tag").enumerated() {
            parameters.append(("Tags.member.\(index + 1).Key", tag.name))
            parameters.append(("Tags.member.\(index + 1).Value", tag.value))
        }
        let iam = try options.iam()
        let answer = try await iam.call("CreateUser", parameters)
        printRecord(record(try answer.child("User")), asJSON: options.wantsJSON)
        return .success
    }

    @Sendable private static func list(_ options: Options) async throws -> ExitCode {
        let iam = try options.iam()
        var table = Table(columns: ["UserName", "UserId", "Arn", "CreateDate"])
        let parameters = options["path"].map { [("PathPrefix", $0)] } ?? []
        for user in try await iam.list("ListUsers", "Users", parameters) {
            table.rows.append(table.columns.map { user[$0]?.text })
        }
        table.print(asJSON: options.wantsJSON)
        return .success
    }

    @Sendable private static func show(_ options: Options) async throws -> ExitCode {
        let iam = try options.iam()
        let asked = options.operands.first.map { [("UserName", $0)] } ?? []
        let user = try await iam.call("GetUser", asked).child("User")
        var members = record(user)
        let name = [("UserName", user["UserName"]?.text ?? "")]
        // The root has its key and nothing else to list.
        if user["Arn"]?.text.hasSuffix(":root") != true {
            let groups = try await iam.list("ListGroupsForUser", "Groups", name)
            let attached = try await iam.list("ListAttachedUserPolicies", "AttachedPolicies", name)
            let inline = try await iam.list("ListUserPolicies", "PolicyNames", name)
            let keys = try await iam.list("ListAccessKeys", "AccessKeyMetadata", name)
            members += [
                ("Groups", joined(groups.map { $0["GroupName"]?.text })),
                ("AttachedPolicies", joined(attached.map { $0["PolicyName"]?.text })),
                ("InlinePolicies", joined(inline.map(\.text))),
                ("AccessKeys", joined(keys.map { "\($0["AccessKeyId"]?.text ?? "") \($0["Status"]?.text ?? "")" })),
            ]
        }
        printRecord(members, asJSON: options.wantsJSON)
        return .success
    }

    @Sendable private static func delete(_ options: Options) async throws -> ExitCode {
        let iam = try options.iam()
        let name = [("UserName", options.operands[0])]
        if options.isGiven("force") { try await strip(name, iam) }
        _ = try await iam.call("DeleteUser", name)
        report(
            "delete_user: \(options.operands[0])",
            [("Action", "delete_user"), ("UserName", options.operands[0])], options)
        return .success
    }

    private static func strip(_ name: [(String, String)], _ iam: QueryClient) async throws {
        let steps = [
            ("ListAccessKeys", "AccessKeyMetadata", "AccessKeyId", "DeleteAccessKey"),
            ("ListAttachedUserPolicies", "AttachedPolicies", "PolicyArn", "DetachUserPolicy"),
            ("ListGroupsForUser", "Groups", "GroupName", "RemoveUserFromGroup"),
        ]
        for (list, element, key, removal) in steps {
            for item in try await iam.list(list, element, name) {
                _ = try await iam.call(removal, name + [(key, item[key]?.text ?? "")])
            }
        }
        for policy in try await iam.list("ListUserPolicies", "PolicyNames", name) {
            _ = try await iam.call("DeleteUserPolicy", name + [("PolicyName", policy.text)])
        }
    }

    private static func record(_ user: XMLElement) -> [(name: String, value: String?)] {
        ["UserName", "UserId", "Path", "Arn", "CreateDate"].map { ($0, user[$0]?.text) }
    }

    private static func joined(_ texts: [String?]) -> String { texts.compactMap { $0 }.joined(separator: ", ") }
}

extension XMLElement {
    /// Returns an element that the API reference guarantees.
    ///
    /// - Throws: `TransportError` if it is missing.
    func child(_ name: String) throws -> XMLElement {
        guard let child = self[name] else { throw TransportError(.badResponse, "the service's answer has no \(name)") }
        return child
    }
}

extension QueryClient {
    /// Returns all members of a list, from all of its pages.
    func list(
        _ action: String, _ element: String, _ parameters: [(name: String, value: String)] = []
    ) async throws -> [XMLElement] {
        var members: [XMLElement] = []
        var marker: String?
        while true {
            let page = try await call(action, parameters + (marker.map { [("Marker", $0)] } ?? []))
            members += page[element]?.all("member") ?? []
            guard page["IsTruncated"]?.text == "true" else { return members }
            let next = try page.child("Marker").text
            guard next != marker else {
                throw TransportError(.badResponse, "the service's list of \(element) repeats itself")
            }
            marker = next
        }
    }
}
