import CofferAccess
import CofferIAM
package import CofferModel
import CofferS3

/// A hypothetical request whose outcome is to be explained.
package struct AccessQuestion: Sendable {
    /// `anonymous`, `root` for the root of the account that owns the bucket, or the ARN of a user, role, session or
    /// root.
    package var principal: String
    /// An S3 action.
    package var action: String
    /// The ARN of a bucket or object, or `*` for an action that is about neither.
    package var resource: String
    /// The values of condition keys, by the keys' names in lower case.
    package var values: [String: [String]]

    /// - Parameter conditions: values of condition keys, whose names may be in any case.
    /// - Throws: `ValidationError` for an unknown action or condition key, or a malformed principal or resource.
    package init(
        principal: String, action: String, resource: String, conditions: [(key: String, value: String)]
    ) throws(S3Error) {
        guard ["anonymous", "root"].contains(principal) || principal.hasPrefix("arn:aws:") else {
            throw S3Error(.validationError, "'\(principal)' is not a principal: use an ARN, 'anonymous' or 'root'")
        }
        guard S3Action.level(of: action) != nil else {
            throw S3Error(.validationError, "'\(action)' is not an S3 action: use one such as s3:GetObject")
        }
        guard resource == "*" || resource.hasPrefix(Self.prefix) else {
            throw S3Error(
                .validationError,
                "'\(resource)' is not the ARN of a bucket or object: use one such as arn:aws:s3:::bucket/key")
        }
        var values: [String: [String]] = [:]
        for (name, value) in conditions {
            guard let key = ConditionKey(name), key.isKnown else {
                throw S3Error(.validationError, "'\(name)' is not a condition key: use one such as aws:SourceIp")
            }
            values[key.text, default: []].append(value)
        }
        self.principal = principal
        self.action = action
        self.resource = resource
        self.values = values
    }

    private static let prefix = "arn:aws:s3:::"

    /// Returns the action together with its bucket and key, which are nil for `*`.
    func permission() throws(S3Error) -> Permission {
        guard resource != "*" else { return Permission(action) }
        let name = resource.dropFirst(Self.prefix.count)
        let parts = name.split(at: "/", maxSplits: 1, keepingEmpty: true)
        return Permission(
            action, bucket: try BucketName(String(parts[0])),
            key: try parts.count > 1 ? ObjectKey(Array(parts[1].utf8)) : nil)
    }
}
