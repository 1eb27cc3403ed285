import CofferAccess
import CofferModel
import CofferStorage

/// What differs between users, groups, roles and policies where they are dealt with alike.
struct EntityKind<Entity: IAMEntity>: Sendable {
    /// `User`, as it stands in the names of operations and parameters.
    let noun: String
    let entities: any WritableKeyPath<IAMDirectory, [String: Entity]> & Sendable
    /// How many there may be, and what IAM calls that quota.
    let quota: (name: String, limit: Int)
    /// Most characters of inline policies.
    var inlineLimit = 0

    var parameter: String { "\(noun)Name" }
    /// `user`, as it stands in ARNs.
    var resource: String { noun.lowercased() }

    /// The name that the request gives.
    func name(_ parameters: QueryParameters) throws(S3Error) -> String {
        try parameters.required(parameter)
    }

    /// The ARN of what the request names; of one that is not there, as if it were.
    @Sendable func arn(_ request: QueryRequest) throws(S3Error) -> String? {
        let name = try name(request.parameters)
        let entity = request.directory[keyPath: entities].named(name)
        return request.arn("\(resource)\(entity?.path ?? "/")\(entity?.name ?? name)")
    }

    /// The ARN of what the request wants to make.
    @Sendable func newARN(_ request: QueryRequest) throws(S3Error) -> String? {
        let path = request.parameters["Path"] ?? "/"
        return request.arn("\(resource)\(path)\(try name(request.parameters))")
    }

    /// The ARN that listing is about.
    @Sendable func listARN(_ request: QueryRequest) throws(S3Error) -> String? { request.arn("\(resource)/") }

    func find(_ name: String, in directory: IAMDirectory) throws(S3Error) -> Entity {
        guard let entity = directory[keyPath: entities].named(name) else {
            throw .noSuchEntity("The \(resource) with name \(name) cannot be found.")
        }
        return entity
    }

    /// The one that the request names.
    func find(_ call: AuthorizedQuery) throws(S3Error) -> Entity {
        try find(try name(call.parameters), in: call.directory)
    }

    /// - Throws: `EntityAlreadyExists`; names differ by more than the case of their letters.
    func checkIsNew(_ name: String, in directory: IAMDirectory) throws(S3Error) {
        guard directory[keyPath: entities].named(name) == nil else {
            throw S3Error(
                .entityAlreadyExists,
                noun == "Policy"
                    ? "A policy called \(name) already exists. Duplicate names are not allowed."
                    : "\(noun) with name \(name) already exists.")
        }
    }

    /// Adds a new one.
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

    /// Changes the one that the request names.
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

    /// Gives an entity a new name, or another path.
    @Sendable func update(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try name(call.parameters)
        let path = call.parameters["NewPath"]
        let newName = call.parameters["New\(parameter)"]
        // The ARN is another afterwards, and there the caller needs the right as well.
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
