import CofferAccess
import CofferModel
import CofferService
import CofferStorage

/// CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy, DeleteRole,
/// ListInstanceProfilesForRole, and the tags of roles.
enum Roles {
    static let operations: [QueryOperation] =
        [
            QueryOperation("CreateRole", on: EntityKind.role.newARN, create),
            QueryOperation("GetRole", on: EntityKind.role.arn, get),
            QueryOperation("ListRoles", on: EntityKind.role.listARN, list),
            QueryOperation("UpdateRole", on: EntityKind.role.arn, update),
            QueryOperation("UpdateRoleDescription", on: EntityKind.role.arn, updateDescription),
            QueryOperation("ListInstanceProfilesForRole", on: EntityKind.role.arn, listInstanceProfiles),
            QueryOperation("UpdateAssumeRolePolicy", on: EntityKind.role.arn, updateTrust),
            QueryOperation("DeleteRole", on: EntityKind.role.arn, delete),
        ] + EntityKind.role.tagOperations(\.tags)

    @Sendable private static func create(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try EntityKind.role.name(call.parameters)
        let (document, ids) = try trustPolicy(call, "AssumeRolePolicyDocument")
        var role = IAMRole(
            id: IAMNames.uniqueID("AROA"), name: name,
            path: call.parameters["Path"] ?? "/", created: call.time,
            trustPolicy: document)
        role.trustedIDs = ids
        role.details = call.parameters["Description"] ?? ""
        role.signinSeconds = try signinSeconds(call.parameters)
        role.sessionSeconds = try sessionSeconds(call.parameters) ?? role.sessionSeconds
        role.tags = try IAMTags.read(call.parameters)
        role.boundary = try Boundaries.read(call)
        let made = role
        try await EntityKind.role.add(made, call)
        return QueryAnswer { xml in xml.element("Role") { $0.role(made, call, isWhole: true) } }
    }

    @Sendable private static func get(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let role = try EntityKind.role.find(call)
        let use = try await call.lastUse(of: role)
        return QueryAnswer { xml in
            xml.element("Role") { xml in
                xml.role(role, call, isWhole: true)
                xml.lastUse(use)
            }
        }
    }

    @Sendable private static func list(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let prefix = call.parameters["PathPrefix"] ?? "/"
        let roles = call.directory.roles.values.filter { $0.path.hasPrefix(prefix) }
        return .list("Roles", try IAMPage(roles, of: call.parameters) { IAMNames.order($0.name) }) { $0.role($1, call) }
    }

    @Sendable private static func update(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let details = call.parameters["Description"]
        let seconds = try sessionSeconds(call.parameters)
        let signin = try signinSeconds(call.parameters)
        let isReset = call.parameters.bool("ResetMaxSigninSessionDuration")
        guard signin == nil || !isReset else {
            throw S3Error(
                .invalidInput,
                "MaxSigninSessionDuration cannot be specified when ResetMaxSigninSessionDuration is true")
        }
        try await EntityKind.role.change(call) { role throws(S3Error) in
            role.details = details ?? role.details
            role.sessionSeconds = seconds ?? role.sessionSeconds
            role.signinSeconds = isReset ? nil : signin ?? role.signinSeconds
        }
        return QueryAnswer { _ in }
    }

    @Sendable private static func updateDescription(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let details = try call.parameters.required("Description")
        let role = try await EntityKind.role.change(call) { role throws(S3Error) in
            role.details = details
            return role
        }
        return QueryAnswer { xml in xml.element("Role") { $0.role(role, call, isWhole: true) } }
    }

    /// Returns an empty list, since there are no EC2 instances here.
    @Sendable private static func listInstanceProfiles(
        _ call: AuthorizedQuery
    ) async throws(S3Error) -> QueryAnswer {
        _ = try EntityKind.role.find(call)
        return try .emptyList("InstanceProfiles", call.parameters)
    }

    @Sendable private static func updateTrust(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let former = try EntityKind.role.find(call).trustedIDs.values
        let (document, ids) = try trustPolicy(call, "PolicyDocument", former: Set(former))
        try await EntityKind.role.change(call) { role throws(S3Error) in
            role.trustPolicy = document
            role.trustedIDs = ids
        }
        return .nothing
    }

    @Sendable private static func delete(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try EntityKind.role.name(call.parameters)
        try await call.change { directory throws(S3Error) in
            let role = try EntityKind.role.find(name, in: directory)
            try Users.checkHasNoPolicies(role)
            directory.roles[role.name] = nil
        }
        return .nothing
    }

    // MARK: Steps

    private static func sessionSeconds(_ parameters: QueryParameters) throws(S3Error) -> Int? {
        try parameters.integer("MaxSessionDuration", in: 3600...43_200)
    }

    private static func signinSeconds(_ parameters: QueryParameters) throws(S3Error) -> Int? {
        try parameters.integer("MaxSigninSessionDuration", in: 3600...7_776_000)
    }

    /// - Parameter former: unique ids of deleted principals that the document may still name.
    /// - Returns: the document, and the unique ids of the users and roles that it names.
    private static func trustPolicy(
        _ call: AuthorizedQuery, _ name: String, former: Set<String> = []
    ) throws(S3Error) -> (document: String, ids: [String: String]) {
        let document = try call.parameters.required(name)
        guard document.policyCharacterCount <= IAMLimits.trustPolicy else {
            throw .quotaExceeded("ACLSizePerRole", IAMLimits.trustPolicy)
        }
        let policy = try Policy(
            trustDocument: Array(document.utf8), principals: .current(call.request.service.identities, former: former))
        return (document, policy.principalIDs)
    }
}

extension XMLWriter {
    /// - Parameter isWhole: whether to include what lists omit: tags and boundary.
    mutating func role(_ role: IAMRole, _ call: AuthorizedQuery, isWhole: Bool = false) {
        identity(of: role, call)
        if !role.details.isEmpty { element("Description", role.details) }
        element("MaxSessionDuration", String(role.sessionSeconds))
        optional("MaxSigninSessionDuration", role.signinSeconds.map(String.init))
        if isWhole { limits(of: role) }
    }

    /// Writes the elements that every description of a role contains.
    mutating func identity(of role: IAMRole, _ call: AuthorizedQuery) {
        element("Path", role.path)
        element("RoleName", role.name)
        element("RoleId", role.id)
        element("Arn", role.arn(in: call.account))
        element("CreateDate", role.created.iso8601Seconds)
        let trust = Policy.shown(
            Array(role.trustPolicy.utf8), ids: role.trustedIDs, in: call.request.service.identities)
        document("AssumeRolePolicyDocument", String(decoding: trust, as: UTF8.self))
    }

    mutating func limits(of role: IAMRole) {
        boundary(role.boundary)
        tags(role.tags)
    }

    /// Writes a role's last use, which is empty for an unused role.
    mutating func lastUse(_ use: IAMKeyUse?) {
        element("RoleLastUsed") { xml in
            xml.optional("LastUsedDate", use?.time.iso8601Seconds)
            xml.optional("Region", use?.region)
        }
    }
}

extension AuthorizedQuery {
    /// Returns when a role's credentials were last used, within the 400 days that IAM tracks.
    func lastUse(of role: IAMRole) async throws(S3Error) -> IAMKeyUse? {
        guard let use = try await request.service.identities.uses.use(of: role.id) else { return nil }
        return use.time.seconds >= time.seconds - 400 * 86_400 ? use : nil
    }
}

extension String {
    /// The length of a policy document as the quotas count it, without white space.
    var policyCharacterCount: Int { unicodeScalars.count { !$0.properties.isWhitespace } }
}
