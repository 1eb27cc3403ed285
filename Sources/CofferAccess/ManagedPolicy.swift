/// AWS's managed policies that concern S3, by name.
///
/// Source: AWS Managed Policy Reference.
package enum ManagedPolicy: String, Sendable, CaseIterable {
    case administratorAccess = "AdministratorAccess"
    case amazonS3FullAccess = "AmazonS3FullAccess"
    case amazonS3ReadOnlyAccess = "AmazonS3ReadOnlyAccess"

    package var arn: String { "arn:aws:iam::aws:policy/\(rawValue)" }

    package var policy: Policy {
        switch self {
        case .administratorAccess: allowing("*")
        case .amazonS3FullAccess: allowing("s3:*", "s3-object-lambda:*")
        case .amazonS3ReadOnlyAccess:
            allowing("s3:get*", "s3:list*", "s3:describe*", "s3-object-lambda:get*", "s3-object-lambda:list*")
        }
    }

    private func allowing(_ actions: String...) -> Policy {
        let everything = Template("*", Template.Syntax(hasVariables: false))
        let statement = Policy.Statement(
            isAllow: true, actions: actions.map { Pattern($0) }, resources: [everything].compactMap(\.self))
        return Policy(statements: [statement], name: arn)
    }
}
