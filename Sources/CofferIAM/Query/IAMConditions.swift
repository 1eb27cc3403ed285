import CofferAccess
import CofferModel
import CofferStorage

/// Which of IAM's condition keys have values for an action of IAM or STS. For other actions, a parameter of the same
/// name means nothing and must not grant anything.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access
/// Management (IAM)" and "… for AWS Security Token Service".
struct IAMConditions: Sendable {
    /// The source of `iam:PermissionsBoundary`.
    enum Boundary: Sendable {
        case request
        case target
    }

    /// The source of `aws:TagKeys` and, for `Tags`, of the values of `aws:RequestTag`.
    enum TagParameter: String, Sendable {
        case tags = "Tags"
        case keys = "TagKeys"
    }

    var boundary: Boundary?
    var hasPolicyARN = false
    var tags: TagParameter?
    /// The additional action that must be allowed if the request has tags.
    var taggingAction: String?
    /// Whether the resource already exists.
    var hasTarget = true

    /// - Parameter operation: its name in the API Reference.
    init(of operation: String) {
        switch operation {
        case "CreateUser", "CreateRole":
            boundary = .request
            tags = .tags
        case "CreatePolicy", "TagUser", "TagRole", "TagPolicy", "TagSession": tags = .tags
        case "GetFederationToken":
            tags = .tags
            taggingAction = "TagSession"
        case "UntagUser", "UntagRole", "UntagPolicy": tags = .keys
        case "PutUserPermissionsBoundary", "PutRolePermissionsBoundary": boundary = .request
        case "DeleteUserPermissionsBoundary", "DeleteRolePermissionsBoundary", "PutUserPolicy", "PutRolePolicy",
            "DeleteUserPolicy", "DeleteRolePolicy":
            boundary = .target
        case "AttachUserPolicy", "AttachRolePolicy", "DetachUserPolicy", "DetachRolePolicy":
            boundary = .target
            hasPolicyARN = true
        case "AttachGroupPolicy", "DetachGroupPolicy": hasPolicyARN = true
        default: break
        }
        if Self.making.contains(operation) {
            hasTarget = false
            if tags != nil { taggingAction = "Tag\(operation.dropFirst("Create".count))" }
        }
    }

    /// Operations whose ARN names an entity that does not exist yet.
    private static let making: Set<String> = ["CreateUser", "CreateGroup", "CreateRole", "CreatePolicy"]
}

/// The attributes of an entity that conditions on its ARN use.
struct IAMTarget: Sendable {
    let tags: [Tag]
    let boundary: String?
    /// Whether the tags are also available as `iam:ResourceTag`, as those of users and roles are.
    let isPrincipal: Bool

    /// - Returns: nil for an ARN that names no existing entity.
    init?(_ arn: String, in directory: IAMDirectory, of account: Account) {
        let name = String(arn.split(at: "/").last ?? "")
        if let user = directory.users[name], user.arn(in: account) == arn {
            self.init(tags: user.tags, boundary: user.boundary, isPrincipal: true)
        } else if let role = directory.roles[name], role.arn(in: account) == arn {
            self.init(tags: role.tags, boundary: role.boundary, isPrincipal: true)
        } else if let policy = directory.policies[name], policy.arn(in: account) == arn {
            self.init(tags: policy.tags, boundary: nil, isPrincipal: false)
        } else {
            return nil
        }
    }

    private init(tags: [Tag], boundary: String?, isPrincipal: Bool) {
        self.tags = tags
        self.boundary = boundary
        self.isPrincipal = isPrincipal
    }
}

extension QueryRequest {
    /// Returns the values of IAM's condition keys for an action on a resource, by the keys' names in lower case.
    ///
    /// - Parameter operation: the action without its service prefix. It differs from the request's operation if that
    ///   needs a second action.
    func conditionValues(_ operation: String, on resource: String) -> [String: [String]] {
        let conditions = IAMConditions(of: operation)
        let hasTarget = conditions.hasTarget && IAMConditions(of: self.operation).hasTarget
        let target = hasTarget ? IAMTarget(resource, in: directory, of: account) : nil
        var values: [String: [String]] = [:]
        let boundary =
            switch conditions.boundary {
            case .request: parameters["PermissionsBoundary"]
            case .target: target?.boundary
            case nil: nil as String?
            }
        values["iam:permissionsboundary"] = boundary.map { [$0] }
        if conditions.hasPolicyARN { values["iam:policyarn"] = parameters["PolicyArn"].map { [$0] } }
        addTags(of: conditions.tags, to: &values)
        for tag in target?.tags ?? [] {
            let key = tag.key.lowercased()
            values["aws:resourcetag/\(key)"] = [tag.value]
            if target?.isPrincipal == true { values["iam:resourcetag/\(key)"] = [tag.value] }
        }
        return values
    }

    private func addTags(of parameter: IAMConditions.TagParameter?, to values: inout [String: [String]]) {
        var keys: [String] = []
        switch parameter {
        case .tags:
            for tag in parameters.structures("Tags") {
                guard let key = tag["Key"] else { continue }
                keys.append(key)
                values["aws:requesttag/\(key.lowercased())"] = tag["Value"].map { [$0] }
            }
        case .keys: keys = parameters.texts("TagKeys")
        case nil: return
        }
        if !keys.isEmpty { values["aws:tagkeys"] = keys }
    }
}
