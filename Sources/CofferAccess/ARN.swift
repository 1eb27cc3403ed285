import CofferModel

/// The name of a resource: `arn:partition:service:region:account:resource`.
///
/// Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
package struct ARN: Sendable, Hashable {
    package let partition: String
    package let service: String
    /// Empty for a resource without a region.
    package let region: String
    /// Empty for a resource without an account, such as a bucket or object; otherwise unchecked text: see
    /// ``Account/isID(_:)``.
    package let account: String
    /// The rest of the ARN, including its colons and slashes.
    package let resource: String

    /// - Returns: nil for text that has fewer parts, or does not begin with `arn`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(at: ":", maxSplits: 5, keepingEmpty: true).map(String.init)
        guard parts.count == 6, parts[0] == "arn" else { return nil }
        (partition, service, region, account, resource) = (parts[1], parts[2], parts[3], parts[4], parts[5])
    }

    /// Whether the ARN has no region, as in IAM and STS. Only the partition `aws` exists here.
    package var isGlobal: Bool { partition == "aws" && region.isEmpty }

    /// Whether the ARN names the root of an account: `arn:aws:iam::123456789012:root`.
    package var isRoot: Bool { isGlobal && service == "iam" && resource == "root" }
}
