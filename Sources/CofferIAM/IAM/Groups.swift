import CofferAccess
import CofferModel
import CofferService
import CofferStorage

/// CreateGroup, GetGroup, UpdateGroup, DeleteGroup, ListGroups, AddUserToGroup, RemoveUserFromGroup and
/// ListGroupsForUser.
enum Groups {
    static let operations: [QueryOperation] = [
        QueryOperation("CreateGroup", on: EntityKind.group.newARN, create),
        QueryOperation("GetGroup", on: EntityKind.group.arn, get),
        QueryOperation("UpdateGroup", on: EntityKind.group.arn, EntityKind.group.update),
        QueryOperation("DeleteGroup", on: EntityKind.group.arn, delete),
        QueryOperation("ListGroups", on: EntityKind.group.listARN, list),
        QueryOperation("AddUserToGroup", on: EntityKind.group.arn, add),
        QueryOperation("RemoveUserFromGroup", on: EntityKind.group.arn, remove),
        QueryOperation("ListGroupsForUser", on: EntityKind.user.arn, listForUser),
    ]

    @Sendable private static func create(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try EntityKind.group.name(call.parameters)
        let group = IAMGroup(
            id: IAMNames.uniqueID("AGPA"), name: name,
            path: call.parameters["Path"] ?? "/", created: call.time)
        let account = call.account
        try await EntityKind.group.add(group, call)
        return QueryAnswer { xml in xml.element("Group") { $0.group(group, account) } }
    }

    @Sendable private static func get(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let group = try EntityKind.group.find(call)
        let account = call.account
        let page = try IAMPage(members(of: group, in: call.directory), of: call.parameters) { IAMNames.order($0.name) }
        return QueryAnswer { xml in
            xml.element("Group") { $0.group(group, account) }
            xml.list("Users", page.items) { $0.user($1, account) }
            page.writeEnd(&xml)
        }
    }

    @Sendable private static func delete(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try EntityKind.group.name(call.parameters)
        try await call.change { directory throws(S3Error) in
            let group = try EntityKind.group.find(name, in: directory)
            guard members(of: group, in: directory).isEmpty else {
                throw Users.conflict("must remove users from group first")
            }
            try Users.checkHasNoPolicies(group)
            directory.groups[group.name] = nil
        }
        return .nothing
    }

    @Sendable private static func list(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let prefix = call.parameters["PathPrefix"] ?? "/"
        let account = call.account
        let groups = call.directory.groups.values.filter { $0.path.hasPrefix(prefix) }
        return .list("Groups", try IAMPage(groups, of: call.parameters) { IAMNames.order($0.name) }) {
            $0.group($1, account)
        }
    }

    @Sendable private static func add(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        try await changeMembership(call) { user, group throws(S3Error) in
            guard !user.groupIDs.contains(group.id) else { return }
            guard user.groupIDs.count < IAMLimits.groupsPerUser else {
                throw .quotaExceeded("GroupsPerUser", IAMLimits.groupsPerUser)
            }
            user.groupIDs.append(group.id)
        }
    }

    @Sendable private static func remove(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        try await changeMembership(call) { user, group throws(S3Error) in
            user.groupIDs.removeAll { $0 == group.id }
        }
    }

    @Sendable private static func listForUser(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let user = try EntityKind.user.find(call)
        let account = call.account
        let groups = call.directory.groups.values.filter { user.groupIDs.contains($0.id) }
        return .list("Groups", try IAMPage(groups, of: call.parameters) { IAMNames.order($0.name) }) {
            $0.group($1, account)
        }
    }

    // MARK: Steps

    private static func members(of group: IAMGroup, in directory: IAMDirectory) -> [IAMUser] {
        directory.users.values.filter { $0.groupIDs.contains(group.id) }
    }

    private static func changeMembership(
        _ call: AuthorizedQuery, _ change: @escaping @Sendable (inout IAMUser, IAMGroup) throws(S3Error) -> Void
    ) async throws(S3Error) -> QueryAnswer {
        let groupName = try EntityKind.group.name(call.parameters)
        let userName = try EntityKind.user.name(call.parameters)
        try await call.change { directory throws(S3Error) in
            let group = try EntityKind.group.find(groupName, in: directory)
            var user = try EntityKind.user.find(userName, in: directory)
            try change(&user, group)
            directory.users[user.name] = user
        }
        return .nothing
    }
}

extension XMLWriter {
    mutating func group(_ group: IAMGroup, _ account: Account) {
        element("Path", group.path)
        element("GroupName", group.name)
        element("GroupId", group.id)
        element("Arn", group.arn(in: account))
        element("CreateDate", group.created.iso8601Seconds)
    }
}
