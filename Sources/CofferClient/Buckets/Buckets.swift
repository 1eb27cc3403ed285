public import CofferModel

/// CreateBucket, DeleteBucket, HeadBucket, ListBuckets and GetBucketLocation.
extension S3Client {
    /// Creates a bucket.
    ///
    /// - Throws: `BucketAlreadyExists`, `BucketAlreadyOwnedByYou`; ``ConfigurationError`` for an invalid region name.
    public func createBucket(bucket: BucketName, settings: BucketSettings = BucketSettings()) async throws {
        let region = try settings.checkedRegion ?? region
        var call = S3Call("PUT", bucket, headers: settings.headerFields)
        call.body = .bytes(settings.document(region)[...])
        // Every region except the oldest creates only its own buckets.
        _ = try await moved(to: region).send(call)
    }

    /// Deletes an empty bucket.
    ///
    /// - Throws: `BucketNotEmpty`, `NoSuchBucket`.
    public func deleteBucket(bucket: BucketName) async throws {
        _ = try await send(S3Call("DELETE", bucket))
    }

    /// Checks that a bucket exists and that the caller may access it.
    ///
    /// - Throws: `NotFound`, `AccessDenied`.
    /// - Returns: the bucket's region, where the service reports it.
    @discardableResult
    public func headBucket(bucket: BucketName) async throws -> String? {
        try await send(S3Call("HEAD", bucket)).head["x-amz-bucket-region"]
    }

    /// Returns whether a bucket exists, whoever owns it.
    ///
    /// - Throws: `AccessDenied` for a bucket that exists but that the caller may not access.
    public func bucketExists(bucket: BucketName) async throws -> Bool {
        do {
            try await headBucket(bucket: bucket)
            return true
        } catch let error as S3Error where error.code.status == 404 {
            return false
        }
    }

    /// Lists the caller's buckets, in order.
    ///
    /// - Parameters:
    ///   - prefix: lists only buckets whose names begin with it.
    ///   - region: leaves out buckets of other regions, where the service supports it.
    ///   - pageSize: the most buckets that one request asks for, 1 to 10,000; nil leaves it to the service.
    public func listBuckets(
        prefix: String = "", region: String? = nil, pageSize: Int? = nil
    ) -> Listing<ListedBucket> {
        Listing { from in
            var call = S3Call("GET", query: from)
            if !prefix.isEmpty { call.add(query: "prefix", prefix) }
            call.add(query: "bucket-region", region)
            call.add(query: "max-buckets", try pageSize.map { try ListingOptions.checked($0, upTo: 10_000) })
            let (root, _) = try await document(call)
            return Listing<ListedBucket>.Page(
                elements: try root["Buckets"]?.all("Bucket").map { try ListedBucket($0) } ?? [],
                next: root.text("ContinuationToken").map { [("continuation-token", $0)] })
        }
    }

    /// Returns the region that a bucket is in.
    public func getBucketLocation(bucket: BucketName) async throws -> String {
        let region = try await getElement("location", bucket).text
        return switch region {
        case "": "us-east-1"
        case "EU": "eu-west-1"
        default: region
        }
    }
}

/// A bucket as it appears in a listing.
public struct ListedBucket: Sendable, Hashable, Codable {
    /// The bucket's name, as the service returns it.
    public let name: BucketName
    /// When the bucket was created.
    public let created: Timestamp
    /// The bucket's region, where the service reports it.
    public let region: String?

    /// - Throws: ``TransportError`` for a bucket without a name that requests can use.
    init(_ element: XMLElement) throws(TransportError) {
        name = try reading("ListAllMyBucketsResult") { () throws(S3Error) in
            try BucketName(opaque: element["Name"]?.text ?? "")
        }
        created = element.time("CreationDate") ?? Timestamp(milliseconds: 0)
        region = element.text("BucketRegion")
    }
}

/// The settings that a bucket is created with.
///
/// Source: S3 API Reference, CreateBucket.
public struct BucketSettings: Sendable, Hashable {
    /// A canned ACL; nil for the service's default.
    public var acl: CannedACL?
    /// nil for the service's default.
    public var ownership: ObjectOwnership?
    /// Whether the bucket's versions can be locked, which also enables versioning.
    public var hasObjectLock: Bool
    /// nil for the client's region.
    public var region: String?
    /// The bucket's tags, 50 at most.
    public var tags: [Tag] = []

    /// Creates settings; those that are not given are the service's defaults.
    public init(
        acl: CannedACL? = nil, ownership: ObjectOwnership? = nil, hasObjectLock: Bool = false, region: String? = nil
    ) {
        self.acl = acl
        self.ownership = ownership
        self.hasObjectLock = hasObjectLock
        self.region = region
    }

    /// - Throws: ``ConfigurationError`` for a region that cannot be part of a host name, which it becomes.
    var checkedRegion: String? {
        get throws(ConfigurationError) {
            guard let region else { return nil }
            guard Endpoint.isRegion(region) else {
                throw ConfigurationError(
                    "'\(region)' is not a valid region: use lower-case letters, digits and hyphens")
            }
            return region
        }
    }

    var headerFields: HeaderFields {
        HeaderFields(present: [
            "x-amz-acl": acl?.rawValue, "x-amz-object-ownership": ownership?.rawValue,
            "x-amz-bucket-object-lock-enabled": hasObjectLock ? "true" : nil,
        ])
    }

    /// Returns the request's document, which is empty if there is nothing to set: the oldest region is not named here.
    func document(_ region: String) -> [UInt8] {
        if region == "us-east-1", tags.isEmpty { return [] }
        return XMLWriter.document("CreateBucketConfiguration") { xml in
            if region != "us-east-1" { xml.element("LocationConstraint", region) }
            if !tags.isEmpty { xml.element("Tags") { $0.write(tags) } }
        }
    }
}
