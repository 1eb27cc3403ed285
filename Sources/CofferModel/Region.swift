/// AWS's regions, in which a bucket may be created.
///
/// Source: S3 API Reference, CreateBucket, `LocationConstraint`; AWS General Reference, "Amazon S3 endpoints and quotas".
package enum Region {
    /// The first region, whose buckets have no location constraint.
    package static let first = "us-east-1"

    /// The legacy location constraint that buckets in ``ireland`` may have instead of its name.
    package static let europe = "EU"
    package static let ireland = "eu-west-1"

    package static func isKnown(_ name: String) -> Bool { names.contains(name) }

    /// Whether a text could be the name of a region, including those of services other than AWS.
    package static func isName(_ name: String) -> Bool {
        (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }

    private static let names: Set = [
        "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
        "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
        "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1",
        "eu-central-1", "eu-central-2", "eu-isoe-west-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1",
        "eu-west-2", "eu-west-3", "eusc-de-east-1", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
        "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-iso-east-1", "us-iso-west-1",
        "us-isob-east-1", "us-isob-west-1", "us-isof-east-1", "us-isof-south-1", "us-west-1", "us-west-2",
    ]
}
