import CofferAccess
import CofferModel
import CofferService
import CofferStorage

/// CreateUser, GetUser, UpdateUser, DeleteUser, ListUsers, and the tags of users.
enum Users {
    static let operations: [QueryOperation] =
        [
            QueryOperation("CreateUser", on: EntityKind.user.newARN, create),
            QueryOperation("GetUser", on: namedOrCaller, get),
            QueryOperation("UpdateUser", on: EntityKind.user.arn, EntityKind.user.update),
            QueryOperation("DeleteUser", on: EntityKind.user.arn, delete),
            QueryOperation("ListUsers", on: EntityKind.user.listARN, list),
        ] + EntityKind.user.tagOperations(\.tags)

    /// Returns the ARN of the named user or, without a name, of the caller.
    @Sendable static func namedOrCaller(_ request: QueryRequest) throws(S3Error) -> String? {
        guard request.parameters["UserName"] == nil else { return try EntityKind.user.arn(request) }
        return request.access.principal.arn
    }

    /// Returns the named user or, without a name, the caller.
    ///
    /// - Returns: nil for the root.
    static func namedOrCaller(_ call: AuthorizedQuery) throws(S3Error) -> IAMUser? {
        guard call.parameters["UserName"] == nil else { return try EntityKind.user.find(call) }
        switch call.request.access.principal {
        case .user(let user): return try EntityKind.user.find(user.name, in: call.directory)
        case .root: return nil
        default:
            throw S3Error(.validationError, "Must specify userName when calling with non-User credentials")
        }
    }

    @Sendable private static func create(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try EntityKind.user.name(call.parameters)
        var user = IAMUser(
            id: IAMNames.uniqueID("AIDA"), name: name,
            path: call.parameters["Path"] ?? "/", created: call.time)
        user.tags = try IAMTags.read(call.parameters)
        user.boundary = try Boundaries.read(call)
        let made = user
        let account = call.account
        try await EntityKind.user.add(made, call)
        return QueryAnswer { xml in xml.element("User") { $0.user(made, account, isWhole: true) } }
    }

    @Sendable private static func get(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let account = call.account
        guard let user = try namedOrCaller(call) else {
            return QueryAnswer { xml in
                xml.element("User") { xml in
                    xml.element("Path", "/")
                    xml.element("UserName", "root")
                    xml.element("UserId", account.id)
                    xml.element("Arn", "arn:aws:iam::\(account.id):root")
                    xml.element("CreateDate", Timestamp(seconds: 0).iso8601Seconds)
                }
            }
        }
        return QueryAnswer { xml in xml.element("User") { $0.user(user, account, isWhole: true) } }
    }

    @Sendable private static func delete(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try EntityKind.user.name(call.parameters)
        try await call.change { directory throws(S3Error) in
            let user = try EntityKind.user.find(name, in: directory)
            guard user.accessKeys.isEmpty else { throw conflict("must delete access keys first") }
            guard user.groupIDs.isEmpty else { throw conflict("must remove users from group first") }
            try checkHasNoPolicies(user)
            directory.users[user.name] = nil
        }
        return .nothing
    }

    @Sendable private static func list(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let prefix = call.parameters["PathPrefix"] ?? "/"
        let account = call.account
        let users = call.directory.users.values.filter { $0.path.hasPrefix(prefix) }
        return .list("Users", try IAMPage(users, of: call.parameters) { IAMNames.order($0.name) }) {
            $0.user($1, account)
        }
    }

    /// Returns `DeleteConflict` with IAM's message.
    static func conflict(_ reason: String) -> S3Error {
        S3Error(.deleteConflict, "Cannot delete entity, \(reason).")
    }

    /// - Throws: `DeleteConflict` if an entity has policies.
    static func checkHasNoPolicies(_ holder: some IAMPolicyHolder) throws(S3Error) {
        guard holder.attachedPolicies.isEmpty else { throw conflict("must detach all policies first") }
        guard holder.inlinePolicies.isEmpty else { throw conflict("must delete policies first") }
    }
}

extension XMLWriter {
    /// - Parameter isWhole: whether to include what lists omit: tags and boundary.
    mutating func user(_ user: IAMUser, _ account: Account, isWhole: Bool = false) {
        element("Path", user.path)
        element("UserName", user.name)
        element("UserId", user.id)
        element("Arn", user.arn(in: account))
        element("CreateDate", user.created.iso8601Seconds)
        guard isWhole else { return }
        boundary(user.boundary)
        tags(user.tags)
    }
}
