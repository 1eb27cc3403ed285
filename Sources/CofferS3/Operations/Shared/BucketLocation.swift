import CofferModel
import CofferService

/// The location of a new bucket: the region that the request's document names, or else the server's own.
///
/// AWS has an endpoint for each region, which creates buckets only in that region; only the first region's endpoint
/// creates them everywhere. Here one endpoint serves all regions, and the region that a request is signed for
/// determines which AWS endpoint it represents.
///
/// Source: S3 API Reference, CreateBucket.
struct BucketLocation: Sendable {
    /// The configuration that stores a location constraint that differs from the region's name.
    static let configuration = "location-constraint"

    let region: String
    /// The constraint as the request specifies it; nil if it does not.
    let constraint: String?

    /// - Parameters:
    ///   - constraint: the constraint as the request specifies it; nil if it does not.
    ///   - signed: the region that the request is signed for; nil if the signature names none.
    /// - Throws: `InvalidLocationConstraint` for an invalid region, `IllegalLocationConstraintException` for a region
    ///   other than the endpoint's.
    init(_ constraint: String?, signed: String?, service: Service) throws(S3Error) {
        self.constraint = constraint
        guard let constraint else {
            guard !service.isRegionStrict || [nil, Region.first].contains(signed) else {
                throw Self.illegal("unspecified")
            }
            region = service.context.region
            return
        }
        region = constraint == Region.europe ? Region.ireland : constraint
        let isRegion =
            Region.isKnown(region) || region == service.context.region || (region == signed && Region.isName(region))
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

/// The document of a request that creates a bucket.
struct NewBucketSettings: Sendable {
    /// nil for none.
    let constraint: String?
    let tags: [Tag]

    /// - Parameter document: a `CreateBucketConfiguration`; may be empty.
    /// - Throws: `MalformedXML`, also for `Location` and `Bucket`, which exist only for directory buckets, and errors
    ///   for invalid tags.
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
