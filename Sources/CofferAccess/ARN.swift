import CofferModel

/// The name of a resource: `arn:partition:service:region:account:resource`.
///
/// Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
package struct ARN: Sendable, Hashable {
    package let partition: String
    package let service: String
    /// Empty for what is of no region.
    package let region: String
    /// Empty for what names no account, as buckets and objects do; else as it stands there: see ``Account/isID(_:)``.
    package let account: String
    /// All that is left, with the colons and slashes in it.
    package let resource: String

    /// - Returns: nil for text that has fewer parts, or does not begin with `arn`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(at: ":", maxSplits: 5, keepingEmpty: true).map(String.init)
        guard parts.count == 6, parts[0] == "arn" else { return nil }
        (partition, service, region, account, resource) = (parts[1], parts[2], parts[3], parts[4], parts[5])
    }

    /// Whether it is of no region, as all that IAM and STS name is. There is but the one partition.
    package var isGlobal: Bool { partition == "aws" && region.isEmpty }

    /// Whether it is of an account's root: `arn:aws:iam::123456789012:root`.
    package var isRoot: Bool { isGlobal && service == "iam" && resource == "root" }
}
