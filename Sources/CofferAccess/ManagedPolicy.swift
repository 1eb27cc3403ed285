import CofferModel

/// AWS's managed policies that concern S3 and IAM, by name.
///
/// Source: AWS Managed Policy Reference.
package enum ManagedPolicy: String, Sendable, CaseIterable {
    case administratorAccess = "AdministratorAccess"
    case powerUserAccess = "PowerUserAccess"
    case amazonS3FullAccess = "AmazonS3FullAccess"
    case amazonS3ReadOnlyAccess = "AmazonS3ReadOnlyAccess"
    case iamFullAccess = "IAMFullAccess"
    case iamReadOnlyAccess = "IAMReadOnlyAccess"
    case denyAll = "AWSDenyAll"

    private static let arnPrefix = "arn:aws:iam::aws:policy/"

    package var arn: String { Self.arnPrefix + rawValue }

    package init?(arn: String) {
        guard arn.hasPrefix(Self.arnPrefix) else { return nil }
        self.init(rawValue: String(arn.dropFirst(Self.arnPrefix.count)))
    }

    package var details: String {
        switch self {
        case .administratorAccess: "Provides full access to AWS services and resources."
        case .powerUserAccess:
            "Provides full access to AWS services and resources, but does not allow management of Users and groups."
        case .amazonS3FullAccess: "Provides full access to all buckets via the AWS Management Console."
        case .amazonS3ReadOnlyAccess: "Provides read only access to all buckets via the AWS Management Console."
        case .iamFullAccess: "Provides full access to IAM via the AWS Management Console."
        case .iamReadOnlyAccess: "Provides read only access to IAM via the AWS Management Console."
        case .denyAll: "Deny all access."
        }
    }

    package var document: String {
        switch self {
        case .administratorAccess: Self.document(#""Effect": "Allow", "Action": "*", "Resource": "*""#)
        case .powerUserAccess:
            Self.document(
                #""Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*""#)
        case .amazonS3FullAccess:
            Self.document(#""Effect": "Allow", "Action": ["s3:*", "s3-object-lambda:*"], "Resource": "*""#)
        case .amazonS3ReadOnlyAccess:
            Self.document(
                #""Effect": "Allow", "Action": ["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "#
                    + #""s3-object-lambda:List*"], "Resource": "*""#)
        case .iamFullAccess: Self.document(#""Effect": "Allow", "Action": "iam:*", "Resource": "*""#)
        case .iamReadOnlyAccess:
            Self.document(
                #""Effect": "Allow", "Action": ["iam:GenerateCredentialReport", "#
                    + #""iam:GenerateServiceLastAccessedDetails", "iam:Get*", "iam:List*", "#
                    + #""iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy"], "Resource": "*""#)
        case .denyAll: Self.document(#""Sid": "DenyAll", "Effect": "Deny", "Action": "*", "Resource": "*""#)
        }
    }

    /// The policy, which is compiled once.
    package var policy: Policy {
        guard let policy = Self.compiled[self] else { preconditionFailure("every managed policy is compiled") }
        return policy
    }

    private static let compiled = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.compile()) })

    private func compile() -> Policy {
        do throws(S3Error) {
            return try Policy(identityDocument: Array(document.utf8), name: arn)
        } catch {
            preconditionFailure("the managed policy \(rawValue) is malformed: \(error.message)")
        }
    }

    private static func document(_ statement: String) -> String {
        "{\"Version\": \"2012-10-17\", \"Statement\": [{\(statement)}]}"
    }
}
