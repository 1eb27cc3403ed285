public import CofferModel

/// CreateBucket, DeleteBucket, HeadBucket, ListBuckets and GetBucketLocation.
extension S3Client {
    /// Makes a bucket in the client's region.
    ///
    /// - Parameters:
    ///   - ownership: nil for what the service makes of its own.
    ///   - hasObjectLock: lets its versions be locked, and enables versioning for that.
    /// - Throws: `BucketAlreadyExists`, `BucketAlreadyOwnedByYou`.
    public func createBucket(
        _ bucket: BucketName, acl: CannedACL? = nil, ownership: ObjectOwnership? = nil, hasObjectLock: Bool = false
    ) async throws {
        var call = S3Call("PUT", bucket)
        call.add("x-amz-acl", acl?.rawValue)
        call.add("x-amz-object-ownership", ownership?.rawValue)
        if hasObjectLock { call.add("x-amz-bucket-object-lock-enabled", "true") }
        // The oldest region has no name here.
        let document =
            region == "us-east-1"
            ? []
            : XMLWriter.document("CreateBucketConfiguration") { $0.element("LocationConstraint", region) }
        call.body = .bytes(document[...])
        _ = try await send(call)
    }

    /// - Throws: `BucketNotEmpty`, `NoSuchBucket`.
    public func deleteBucket(_ bucket: BucketName) async throws {
        _ = try await send(S3Call("DELETE", bucket))
    }

    /// Whether a bucket is there and the caller may see it.
    ///
    /// - Throws: `NotFound`, `AccessDenied`.
    /// - Returns: the bucket's region, where the service tells it.
    @discardableResult
    public func headBucket(_ bucket: BucketName) async throws -> String? {
        try await send(S3Call("HEAD", bucket)).head["x-amz-bucket-region"]
    }

    /// The caller's buckets, in order.
    public func listBuckets(prefix: String = "") -> Listing<ListedBucket> {
        Listing { from in
            var call = S3Call("GET", query: from)
            if !prefix.isEmpty { call.add(query: "prefix", prefix) }
            let (root, _) = try await document(call)
            return Listing<ListedBucket>.Page(
                elements: root["Buckets"]?.all("Bucket").compactMap(ListedBucket.init) ?? [],
                next: root.text("ContinuationToken").map { [("continuation-token", $0)] })
        }
    }

    /// The region that a bucket is in.
    public func getBucketLocation(_ bucket: BucketName) async throws -> String {
        let region = try await getElement("location", bucket).text
        return switch region {
        case "": "us-east-1"
        case "EU": "eu-west-1"
        default: region
        }
    }
}

/// A bucket as a listing tells of it.
public struct ListedBucket: Sendable {
    public let name: BucketName
    public let created: Timestamp
    /// Where the service tells it.
    public let region: String?

    /// - Returns: nil for a bucket whose name breaks the present rules: no other call could name it.
    init?(_ element: XMLElement) {
        guard let name = try? BucketName(element["Name"]?.text ?? "") else { return nil }
        self.name = name
        created = element.time("CreationDate") ?? Timestamp(milliseconds: 0)
        region = element.text("BucketRegion")
    }
}
