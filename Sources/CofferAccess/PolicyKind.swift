package import CofferModel

/// The kind of a policy, which determines the elements of its statements and its error messages.
enum PolicyKind: Sendable {
    case bucket(BucketName)
    /// The policy of a user, group or role: a managed policy, a permissions boundary, or a session policy.
    case identity
    /// The trust policy of a role, which determines who may assume it.
    case trust

    var hasPrincipals: Bool { if case .identity = self { false } else { true } }
    var hasResources: Bool { if case .trust = self { false } else { true } }

    /// The longest document, in bytes. IAM's own quotas, which do not count white space, are enforced where the
    /// policies are stored.
    var byteLimit: Int { if case .bucket = self { Limits.policyByteCount } else { 131_072 } }

    /// Returns the error for a malformed document, in AWS's words where they are known.
    func malformed(_ fault: PolicyFault) -> S3Error {
        switch self {
        case .bucket: S3Error(.malformedPolicy, fault.textOfS3, details: fault.details)
        case .identity: S3Error(.malformedPolicyDocument, fault.textOfIAM, details: fault.details)
        case .trust: S3Error(.malformedPolicyDocument, fault.textOfTrust, details: fault.details)
        }
    }
}

extension S3Error.Code {
    /// IAM's error, which the IAM API returns in its own format.
    package static let malformedPolicyDocument = Self("MalformedPolicyDocument", 400, "Syntax errors in policy.")
}

/// A fault of a document.
enum PolicyFault {
    case tooLong
    /// Invalid JSON, with the position of the fault; nil for a valid value that is not an object.
    case notJSON(JSONFault?)
    case duplicateName(String, TextPosition)
    case unknownField(String)
    case version
    case noStatement
    case statementShape
    case missing(String)
    case both(String)
    case effect(String)
    case sid(String)
    case duplicateSid
    case principal(kind: String, text: String)
    case principalShape
    /// A principal in a policy that must not have one, or a resource in a trust policy.
    case prohibited(String)
    case notPrincipalAllows
    case action(String)
    case resource(String)
    case actionWithoutResource
    case conditionShape
    case conditionType(String)
    case conditionKey(String)
    case conditionValue(String)
    case conditionWithoutAction

    /// The message of S3. Source: the responses of PutBucketPolicy.
    var textOfS3: String {
        switch self {
        case .tooLong: "Policy exceeds the maximum allowed document size."
        case .notJSON: "Policies must be valid JSON and the first byte must be '{'"
        case .duplicateName(let name, _): "Duplicate field \(name)"
        case .unknownField(let name): "Unknown field \(name)"
        case .version: "The policy must contain a valid version string"
        case .noStatement: "Could not parse the policy: Statement is empty!"
        case .statementShape: "Statement must be an object"
        case .missing(let name): "Missing required field \(name)"
        case .both(let name): "A statement has either \(name) or Not\(name)"
        case .effect(let text): "Invalid effect: \(text)"
        case .sid: "Invalid Sid"
        case .duplicateSid: "Statement IDs (SID) in a single policy must be unique."
        case .principal, .principalShape: "Invalid principal in policy"
        case .prohibited(let name): "Has prohibited field \(name)"
        case .notPrincipalAllows: "Allow with NotPrincipal is not allowed."
        case .action: "Policy has invalid action"
        case .resource: "Policy has invalid resource"
        case .actionWithoutResource: "Action does not apply to any resource(s) in statement"
        case .conditionShape: "Invalid Condition"
        case .conditionType(let name): "Invalid Condition type : \(name)"
        case .conditionKey: "Policy has an invalid condition key"
        case .conditionValue(let text): "Invalid Condition value: \(text)"
        case .conditionWithoutAction: "Conditions do not apply to combination of actions and resources in statement"
        }
    }

    /// The message of IAM. Source: the responses of CreatePolicy and PutUserPolicy.
    var textOfIAM: String {
        switch self {
        case .prohibited("Principal"), .prohibited("NotPrincipal"): "Policy document should not specify a principal."
        case .missing("Action"): "Policy statement must contain actions."
        case .missing("Resource"): "Policy statement must contain resources."
        case .sid:
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
        case .duplicateSid: textOfS3
        case .action(let text): Self.textOfIAM(action: text)
        case .resource(let text): Self.textOfIAM(resource: text)
        default: "Syntax errors in policy."
        }
    }

    /// The message of IAM for trust policies. Source: the responses of CreateRole and UpdateAssumeRolePolicy.
    var textOfTrust: String {
        switch self {
        case .notJSON: "This policy contains invalid Json"
        case .prohibited, .missing: textOfS3
        case .action: "AssumeRole policy may only specify STS AssumeRole actions."
        case .principal(let kind, let text): "Invalid principal in policy: \"\(kind)\":\"\(text)\""
        case .principalShape: "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\""
        default: textOfIAM
        }
    }

    var details: [(name: String, value: String)] {
        switch self {
        case .notJSON(let fault?): [("Detail", "\(fault)")]
        case .duplicateName(_, let position): [("Detail", "\(position)")]
        case .principal(let kind, let text): [("Detail", "\"\(kind)\" : \"\(text)\"")]
        default: []
        }
    }

    private static func textOfIAM(action: String) -> String {
        let parts = action.split(at: ":", keepingEmpty: true)
        switch parts.count {
        case 1: return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        case 2: return "Vendor \(parts[0]) is not valid"
        default: return "Actions/Condition can contain only one colon."
        }
    }

    private static func textOfIAM(resource: String) -> String {
        guard let arn = ARN(resource) else { return "Resource \(resource) must be in ARN format or \"*\"." }
        return "Partition \"\(arn.partition)\" is not valid for resource \"\(resource)\"."
    }
}
