import CofferAccess
import CofferModel
import CofferService
import CofferStorage

/// The caller in a simulation: a user, a group or a role, which need not exist.
struct SimulatedCaller: Sendable {
    let principal: Principal
    let account: String
    let isUser: Bool
    /// Whether conditions may use the caller's attributes, which a placeholder does not have.
    private let isNamed: Bool

    /// - Parameter directory: the source of the caller's tags and id; nil for a caller that is only named, since the
    ///   simulation must not reveal anything about it.
    /// - Throws: `InvalidInput` unless the text is the ARN of a user, a group or a role.
    init(_ text: String, of own: Account, in directory: IAMDirectory?) throws(S3Error) {
        let arn = ARN(text)
        let names = arn?.resource.split(at: "/", keepingEmpty: true).map(String.init) ?? []
        guard let arn, arn.isGlobal, arn.service == "iam", Account.isID(arn.account), names.count > 1,
            names.allSatisfy({ !$0.isEmpty }), let kind = names.first, let name = names.last,
            ["user", "group", "role"].contains(kind)
        else {
            throw S3Error(.invalidInput, "Invalid caller ARN \(text): use the ARN of a user, group or role.")
        }
        account = arn.account
        let account = account == own.id ? own : Account(id: account)
        let path = (["/"] + names[1..<(names.count - 1)].map { $0 + "/" }).joined()
        isUser = kind == "user"
        isNamed = kind != "group"
        switch kind {
        case "user":
            let user = directory?.users[name].map { User($0, account) }
            principal = .user(user ?? User(name: name, path: path, account: account))
        case "role":
            let role = Role(name: name, path: path, id: "", account: account)
            let tags = directory?.roles[name]?.tags ?? []
            let session = RoleSession(
                role: role, name: "", tags: Dictionary(tags.map { ($0.key, $0.value) }) { first, _ in first })
            principal = .assumedRole(session)
        default: principal = .user(name: "", account)
        }
    }

    private init(anybodyOf account: Account) {
        principal = .user(name: "", account)
        self.account = account.id
        isUser = false
        isNamed = false
    }

    /// Returns an unknown caller from an account.
    static func anybody(_ account: Account) -> SimulatedCaller { SimulatedCaller(anybodyOf: account) }

    /// Returns the value of a condition key that depends on the caller. A role's session has no `aws:userid`, since its
    /// name is unknown.
    func value(of name: ConditionKey.Name, tag: String?) -> String? {
        if name == .principalAccount { return account }
        guard isNamed, isUser || name != .userID else { return nil }
        return principal.value(of: name, tag: tag)
    }
}
