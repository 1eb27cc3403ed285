/// Parameters that many operations share.
///
/// Source: the models of IAM and STS, whose limits appear in the API References.
extension ParameterRule {
    static let marker = optional("Marker", .text(1...320, .latin))
    static let maxItems = optional("MaxItems", .integer(1...1000))
    static let pathPrefix = optional("PathPrefix", .text(1...512, .pathPrefix))
    static let policyPathPrefix = optional("PathPrefix", .text(1...512, .policyPathPrefix))
    static let path = optional("Path", .text(1...512, .path))
    static let newPath = optional("NewPath", .text(1...512, .path))
    static let boundary = optional("PermissionsBoundary", .text(arn))
    static let policyARN = required("PolicyArn", .text(arn))
    static let policyName = required("PolicyName", .text(1...128, .name))
    static let groupName = required("GroupName", .text(1...128, .name))
    static let roleName = required("RoleName", .text(1...64, .name))
    /// For operations that otherwise apply to the caller.
    static let optionalUserName = optional("UserName", .text(1...128, .name))
    static let accessKeyID = required("AccessKeyId", .text(16...128, .word))
    static let policyDocument = required("PolicyDocument", .document)
    static let policyInputs = optional("PolicyInputList", .list(.document))
    static let versionID = required("VersionId", .text(1...64, .versionID))
    static let policyUsage = optional("PolicyUsageFilter", .choice(["PermissionsPolicy", "PermissionsBoundary"]))
    static let roleDescription = optional("Description", .text(0...1000, .roleDescription))
    static let sessionDuration = optional("MaxSessionDuration", .integer(3600...43_200))
    static let signinDuration = optional("MaxSigninSessionDuration", .integer(3600...7_776_000))
    static let resetsSigninDuration = optional("ResetMaxSigninSessionDuration", .boolean)
    static let tags = optional("Tags", tagList)
    static let requiredTags = required("Tags", tagList)
    static let tagKeys = required("TagKeys", .list(atMost: 50, .text(1...128, .tagKey)))

    private static let tagList = Shape.structures(
        atMost: 50, [required("Key", .text(1...128, .tagKey)), required("Value", .text(0...256, .tagValue))])

    static let arn = 20...2048
    static let entityFilter = Shape.choice(["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"])
    static let contextType = Shape.choice([
        "string", "stringList", "numeric", "numericList", "boolean", "booleanList", "ip", "ipList", "binary",
        "binaryList", "date", "dateList",
    ])

    static func userName(_ lengths: ClosedRange<Int> = 1...128) -> ParameterRule {
        required("UserName", .text(lengths, .name))
    }
}

extension ParameterRule.Shape {
    static let document = Self.text(1...131_072, .document)
}
