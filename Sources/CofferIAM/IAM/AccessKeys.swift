import CofferAccess
import CofferModel
import CofferService
import CofferStorage

/// CreateAccessKey, UpdateAccessKey, DeleteAccessKey, ListAccessKeys and GetAccessKeyLastUsed.
///
/// One of the root's keys is given by the server's configuration: it is listed here but cannot be changed. The root may
/// create another one for itself.
enum AccessKeys {
    static let operations: [QueryOperation] = [
        QueryOperation("CreateAccessKey", on: Users.namedOrCaller, create),
        QueryOperation("UpdateAccessKey", on: Users.namedOrCaller, update),
        QueryOperation("DeleteAccessKey", on: Users.namedOrCaller, delete),
        QueryOperation("ListAccessKeys", on: Users.namedOrCaller, list),
        QueryOperation("GetAccessKeyLastUsed", on: owner, lastUsed),
    ]

    private enum Status: String, CaseIterable {
        case active = "Active"
        case inactive = "Inactive"
        case expired = "Expired"
    }

    /// The root's user name in responses.
    private static let rootName = "root"

    @Sendable private static func create(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try Users.namedOrCaller(call)?.name
        let given = rootKeyID(call) == nil ? 0 : 1
        let pair = KeyPair.generate()
        let key = IAMAccessKey(id: pair.accessKeyID, secret: pair.secretAccessKey, created: call.time)
        try await call.change { directory throws(S3Error) in
            guard let name else {
                try checkQuota(directory.rootKeys.count + given)
                directory.rootKeys.append(key)
                return
            }
            var user = try EntityKind.user.find(name, in: directory)
            try checkQuota(user.accessKeys.count)
            user.accessKeys.append(key)
            directory.users[user.name] = user
        }
        return QueryAnswer { xml in
            xml.element("AccessKey") { xml in
                xml.element("UserName", name ?? rootName)
                xml.element("AccessKeyId", key.id)
                xml.element("Status", Status.active.rawValue)
                xml.element("SecretAccessKey", key.secret)
                xml.element("CreateDate", key.created.iso8601Seconds)
            }
        }
    }

    @Sendable private static func update(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        guard let status = try call.parameters.choice("Status", Status.self) else {
            _ = try call.parameters.required("Status")
            return .nothing
        }
        guard status != .expired else {
            throw S3Error(.invalidInput, "The status Expired cannot be set: use Active or Inactive")
        }
        try await change(call) { keys, index in keys[index].isActive = status == .active }
        return .nothing
    }

    @Sendable private static func delete(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        try await change(call) { keys, index in keys.remove(at: index) }
        return .nothing
    }

    @Sendable private static func list(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let user = try Users.namedOrCaller(call)
        let root = rootKeyID(call).map { IAMAccessKey(id: $0, secret: "", created: Timestamp(seconds: 0)) }
        let keys = user?.accessKeys ?? ([root].compactMap { $0 } + call.directory.rootKeys)
        let page = try IAMPage(keys.enumerated(), of: call.parameters) { "\($0.offset)" }
        let name = user?.name
        return .list("AccessKeyMetadata", page) { xml, key in
            xml.optional("UserName", name)
            xml.element("AccessKeyId", key.element.id)
            xml.element("Status", (key.element.isActive ? Status.active : .inactive).rawValue)
            xml.element("CreateDate", key.element.created.iso8601Seconds)
        }
    }

    @Sendable private static func lastUsed(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let id = try call.parameters.required("AccessKeyId")
        let isRoots = id == rootKeyID(call) || call.directory.rootKeys.contains { $0.id == id }
        guard let name = userName(ofKey: id, in: call.directory) ?? (isRoots ? rootName : nil) else {
            throw missing(id)
        }
        let use = try await call.request.service.identities.uses.use(of: id)
        return QueryAnswer { xml in
            xml.element("UserName", name)
            xml.element("AccessKeyLastUsed") { xml in
                xml.optional("LastUsedDate", use?.time.iso8601Seconds)
                xml.element("ServiceName", use?.service ?? "N/A")
                xml.element("Region", use?.region ?? "N/A")
            }
        }
    }

    // MARK: Steps

    /// Returns the ARN of the user who owns a key. For an unknown key it is the ARN of all users, so that the refusal
    /// does not reveal whether the key exists.
    @Sendable private static func owner(_ request: QueryRequest) throws(S3Error) -> String? {
        let id = try request.parameters.required("AccessKeyId")
        let user = userName(ofKey: id, in: request.directory).flatMap { request.directory.users[$0] }
        return user?.arn(in: request.account) ?? request.arn("user/*")
    }

    private static func userName(ofKey id: String, in directory: IAMDirectory) -> String? {
        directory.users.values.first { $0.accessKeys.contains { $0.id == id } }?.name
    }

    private static func checkQuota(_ count: Int) throws(S3Error) {
        guard count < IAMLimits.accessKeysPerUser else {
            throw .quotaExceeded("AccessKeysPerUser", IAMLimits.accessKeysPerUser)
        }
    }

    private static func rootKeyID(_ call: AuthorizedQuery) -> String? {
        call.request.service.identities.root(ofAccount: call.account.id)?.pair.accessKeyID
    }

    private static var rootKey: S3Error {
        S3Error(
            .unmodifiableEntity,
            "The root's access key cannot be changed here: change it in the server's configuration")
    }

    private static func missing(_ id: String) -> S3Error {
        .noSuchEntity("The Access Key with id \(id) cannot be found.")
    }

    private static func change(
        _ call: AuthorizedQuery, _ change: @escaping @Sendable (inout [IAMAccessKey], _ index: Int) -> Void
    ) async throws(S3Error) {
        let id = try call.parameters.required("AccessKeyId")
        guard id != rootKeyID(call) else { throw rootKey }
        // For the root, `UserName` is optional.
        let named = try Users.namedOrCaller(call)?.name
        try await call.change { directory throws(S3Error) in
            if named == nil, let index = directory.rootKeys.firstIndex(where: { $0.id == id }) {
                change(&directory.rootKeys, index)
                return
            }
            guard let name = named ?? userName(ofKey: id, in: directory) else { throw missing(id) }
            var user = try EntityKind.user.find(name, in: directory)
            guard let index = user.accessKeys.firstIndex(where: { $0.id == id }) else { throw missing(id) }
            change(&user.accessKeys, index)
            directory.users[user.name] = user
        }
    }
}
