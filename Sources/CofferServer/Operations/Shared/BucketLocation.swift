import CofferModel

/// Where a bucket is to be made: in the region that the request's document names, or else in the server's own.
///
/// AWS has an endpoint for each region, which makes buckets there alone; only the first one makes them everywhere. Here
/// one endpoint serves all, and the region that a request is signed for tells which of AWS's it stands for.
/// Source: S3 API Reference, CreateBucket.
struct BucketLocation: Sendable {
    /// The configuration that keeps a location constraint which is not the region's name.
    static let configuration = "location-constraint"

    let region: String
    /// As the request says it; nil if it does not.
    let constraint: String?

    /// - Parameters:
    ///   - constraint: as the request says it; nil if it does not.
    ///   - signed: the region that the request is signed for; nil where the signature names none.
    /// - Throws: `InvalidLocationConstraint` for a region that is none, `IllegalLocationConstraintException` for another
    ///   than the endpoint's.
    init(_ constraint: String?, signed: String?, service: Service) throws(S3Error) {
        self.constraint = constraint
        guard let constraint else {
            guard !service.isRegionStrict || [nil, Region.first].contains(signed) else {
                throw Self.illegal("unspecified")
            }
            region = service.region
            return
        }
        region = constraint == Region.europe ? Region.ireland : constraint
        let isRegion = Region.isKnown(region) || region == service.region || (region == signed && Region.isName(region))
        guard constraint != Region.first, isRegion else {
            throw S3Error(.invalidLocationConstraint, details: [("LocationConstraint", constraint)])
        }
        guard [nil, Region.first, region].contains(signed) else { throw Self.illegal(constraint) }
    }

    /// The configurations of the new bucket.
    var configurations: [String: [UInt8]] {
        guard let constraint, constraint != region else { return [:] }
        return [Self.configuration: Array(constraint.utf8)]
    }

    private static func illegal(_ constraint: String) -> S3Error {
        S3Error(
            .illegalLocationConstraint,
            "The \(constraint) location constraint is incompatible for the region specific endpoint this request was sent to."
        )
    }
}

/// The document of a request that makes a bucket.
struct NewBucketSettings: Sendable {
    /// nil for none.
    let constraint: String?
    let tags: [Tag]

    /// - Parameter document: a `CreateBucketConfiguration`; may be empty.
    /// - Throws: `MalformedXML`, also for `Location` and `Bucket`, which directory buckets alone have, and what is wrong
    ///   with a tag.
    init(document: [UInt8]) throws(S3Error) {
        guard !document.isEmpty else {
            (constraint, tags) = (nil, [])
            return
        }
        let root = try XMLElement.parse(document, root: "CreateBucketConfiguration")
        try root.rejectUnknownChildren(["LocationConstraint", "Tags"])
        constraint = root["LocationConstraint"].flatMap { $0.text.isEmpty ? nil : $0.text }
        tags = try root["Tags"].map { tags throws(S3Error) in try TaggedResource.requested(tags) } ?? []
    }
}
