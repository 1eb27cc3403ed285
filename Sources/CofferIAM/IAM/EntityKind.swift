import CofferAccess
import CofferModel
import CofferStorage

/// The differences between users, groups, roles and policies, for code that handles them alike.
struct EntityKind<Entity: IAMEntity>: Sendable {
    /// `User`, as it appears in the names of operations and parameters.
    let noun: String
    let entities: any WritableKeyPath<IAMDirectory, [String: Entity]> & Sendable
    /// The maximum number of entities, and IAM's name for that quota.
    let quota: (name: String, limit: Int)
    /// The maximum total length of an entity's inline policies in characters.
    var inlineLimit = 0

    var parameter: String { "\(noun)Name" }
    /// `user`, as it appears in ARNs.
    var resource: String { noun.lowercased() }

    /// Returns the name in the request.
    func name(_ parameters: QueryParameters) throws(S3Error) -> String {
        try parameters.required(parameter)
    }

    /// Returns the ARN of the entity that the request names, even if it does not exist.
    @Sendable func arn(_ request: QueryRequest) throws(S3Error) -> String? {
        let name = try name(request.parameters)
        let entity = request.directory[keyPath: entities].named(name)
        return request.arn("\(resource)\(entity?.path ?? "/")\(entity?.name ?? name)")
    }

    /// Returns the ARN of the entity that the request wants to create.
    @Sendable func newARN(_ request: QueryRequest) throws(S3Error) -> String? {
        let path = request.parameters["Path"] ?? "/"
        return request.arn("\(resource)\(path)\(try name(request.parameters))")
    }

    /// Returns the ARN against which listing is authorized.
    @Sendable func listARN(_ request: QueryRequest) throws(S3Error) -> String? { request.arn("\(resource)/") }

    func find(_ name: String, in directory: IAMDirectory) throws(S3Error) -> Entity {
        guard let entity = directory[keyPath: entities].named(name) else {
            throw .noSuchEntity("The \(resource) with name \(name) cannot be found.")
        }
        return entity
    }

    /// Returns the entity that the request names.
    func find(_ call: AuthorizedQuery) throws(S3Error) -> Entity {
        try find(try name(call.parameters), in: call.directory)
    }

    /// - Throws: `EntityAlreadyExists`; names are compared ignoring case.
    func checkIsNew(_ name: String, in directory: IAMDirectory) throws(S3Error) {
        guard directory[keyPath: entities].named(name) == nil else {
            throw S3Error(
                .entityAlreadyExists,
                noun == "Policy"
                    ? "A policy called \(name) already exists. Duplicate names are not allowed."
                    : "\(noun) with name \(name) already exists.")
        }
    }

    /// Adds a new entity.
    ///
    /// - Throws: `EntityAlreadyExists`, `LimitExceeded`.
    func add(_ entity: Entity, _ call: AuthorizedQuery) async throws(S3Error) {
        try await call.change { directory throws(S3Error) in
            try checkIsNew(entity.name, in: directory)
            guard directory[keyPath: entities].count < quota.limit else {
                throw .quotaExceeded(quota.name, quota.limit)
            }
            directory[keyPath: entities][entity.name] = entity
        }
    }

    /// Changes the entity that the request names.
    @discardableResult
    func change<Value: Sendable>(
        _ call: AuthorizedQuery, _ change: @escaping @Sendable (inout Entity) throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        let name = try name(call.parameters)
        return try await call.change { directory throws(S3Error) in
            var entity = try find(name, in: directory)
            let value = try change(&entity)
            directory[keyPath: entities][entity.name] = entity
            return value
        }
    }

    /// Changes an entity's name or path.
    @Sendable func update(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try name(call.parameters)
        let path = call.parameters["NewPath"]
        let newName = call.parameters["New\(parameter)"]
        // The caller also needs the permission for the new ARN.
        let old = try find(call)
        let target = call.request.arn("\(resource)\(path ?? old.path)\(newName ?? old.name)")
        let shown = call.request.arn("\(resource)\(path ?? "/")\(newName ?? name)")
        try call.request.check(
            "Update\(noun)", on: target, like: old.arn(in: call.account), called: shown)
        try await call.change { directory throws(S3Error) in
            var entity = try find(name, in: directory)
            directory[keyPath: entities][entity.name] = nil
            if let newName { try checkIsNew(newName, in: directory) }
            entity.name = newName ?? entity.name
            entity.path = path ?? entity.path
            directory[keyPath: entities][entity.name] = entity
        }
        return .nothing
    }
}

extension EntityKind where Entity == IAMUser {
    static var user: Self {
        Self(
            noun: "User", entities: \.users, quota: ("UsersPerAccount", IAMLimits.users),
            inlineLimit: IAMLimits.userPolicies)
    }
}

extension EntityKind where Entity == IAMGroup {
    static var group: Self {
        Self(
            noun: "Group", entities: \.groups, quota: ("GroupsPerAccount", IAMLimits.groups),
            inlineLimit: IAMLimits.groupPolicies)
    }
}

extension EntityKind where Entity == IAMRole {
    static var role: Self {
        Self(
            noun: "Role", entities: \.roles, quota: ("RolesPerAccount", IAMLimits.roles),
            inlineLimit: IAMLimits.rolePolicies)
    }
}

extension EntityKind where Entity == IAMPolicy {
    static var policy: Self {
        Self(
            noun: "Policy", entities: \.policies,
            quota: ("PoliciesPerAccount", IAMLimits.policies))
    }
}
