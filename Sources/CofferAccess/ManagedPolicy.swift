/// AWS's managed policies that concern S3, by name.
///
/// Source: AWS Managed Policy Reference.
package enum ManagedPolicy: String, Sendable, CaseIterable {
    case administratorAccess = "AdministratorAccess"
    case amazonS3FullAccess = "AmazonS3FullAccess"
    case amazonS3ReadOnlyAccess = "AmazonS3ReadOnlyAccess"

    package var policy: Policy {
        switch self {
        case .administratorAccess: Self.allowing("*")
        case .amazonS3FullAccess: Self.allowing("s3:*")
        case .amazonS3ReadOnlyAccess: Self.allowing("s3:get*", "s3:list*", "s3:describe*")
        }
    }

    private static func allowing(_ actions: String...) -> Policy {
        Policy(statements: [
            Policy.Statement(isAllow: true, actions: actions.map { Pattern($0) }, resources: [Pattern("*")])
        ])
    }
}
