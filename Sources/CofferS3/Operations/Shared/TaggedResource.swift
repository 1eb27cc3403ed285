import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// A bucket whose tags an S3 Control request is about, named by the ARN at the end of the path. They are the same tags
/// as those of PutBucketTagging.
///
/// Source: Amazon S3 API Reference, TagResource, UntagResource and ListTagsForResource of S3 Control.
enum TaggedResource {
    static let controlPath = "tags/"
    static let kind = "tagging"

    static func permission(_ action: String, _ request: S3Request) throws(S3Error) -> Permission {
        var permission = Permission(action, bucket: try bucket(request))
        permission.missingBucket = .noSuchResource
        return permission
    }

    /// - Throws: `NoSuchResource` for an ARN of anything but a bucket: nothing else on the server has tags here.
    private static func bucket(_ request: S3Request) throws(S3Error) -> BucketName {
        let arn = request.target.controlPath?.dropFirst(controlPath.count) ?? ""
        guard arn.hasPrefix("arn:") else {
            throw S3Error(.invalidRequest, "The resource must be named by its ARN, such as arn:aws:s3:::bucket")
        }
        // An invalid bucket name is treated as a bucket that does not exist.
        guard arn.hasPrefix(BucketName.arnPrefix),
            let name = try? BucketName(String(arn.dropFirst(BucketName.arnPrefix.count)))
        else { throw S3Error(.noSuchResource) }
        return name
    }

    /// Reads the tags of a bucket's document.
    static func tags(of document: [UInt8]?) throws(S3Error) -> [Tag] {
        guard let document else { return [] }
        let root = try XMLElement.parse(document, root: "Tagging")
        return try root["TagSet"].map { set throws(S3Error) in try list(set) } ?? []
    }

    /// Reads the `Tag` elements of an element that may contain nothing else.
    ///
    /// - Throws: `MalformedXML`.
    static func list(_ element: XMLElement) throws(S3Error) -> [Tag] {
        try element.rejectUnknownChildren([], lists: ["Tag"])
        var tags: [Tag] = []
        for element in element.children {
            try element.rejectUnknownChildren(["Key", "Value"])
            guard let key = element["Key"]?.text, let value = element["Value"]?.text else {
                throw S3Error(.malformedXML)
            }
            tags.append(Tag(key: key, value: value))
        }
        return tags
    }

    /// Reads the `Tags` of a request, with the messages that S3 Control and CreateBucket use for an invalid tag.
    ///
    /// - Throws: `MalformedXML`, `InvalidTag`, and `BadRequest` for too many tags.
    static func requested(_ element: XMLElement) throws(S3Error) -> [Tag] {
        let tags = try list(element)
        try checkCount(tags)
        for (index, tag) in tags.enumerated() {
            guard !tags[..<index].contains(where: { $0.key == tag.key }) else {
                throw invalid(
                    "There are duplicate tag keys in your request. Remove the duplicate tag keys and try again.", tag)
            }
            guard !tag.key.lowercased().hasPrefix("aws:") else {
                throw S3Error(
                    .invalidTag,
                    "User-defined tag keys can't start with \"aws:\". This prefix is reserved for system tags. Remove "
                        + "\"aws:\" from your tag keys and try again.")
            }
            guard tag.isValid else {
                throw invalid(
                    "This request contains a tag key or value that isn't valid. Valid characters include the following: "
                        + "[a-zA-Z+-=._:/]. Tag keys can contain up to 128 characters. Tag values can contain up to 256 "
                        + "characters.", tag)
            }
        }
        return tags
    }

    /// - Throws: `BadRequest` for more tags than a bucket may have.
    static func checkCount(_ tags: [Tag]) throws(S3Error) {
        guard tags.count <= Limits.bucketTagCount else {
            throw S3Error(.badRequest, "Bucket tag count cannot be greater than \(Limits.bucketTagCount)")
        }
    }

    private static func invalid(_ message: String, _ tag: Tag) -> S3Error {
        S3Error(.invalidTag, message, details: [("TagKey", tag.key)])
    }
}

extension Authorized {
    /// - Throws: `AccessDenied` unless the account that the request names owns the bucket.
    func requireAccountOfBucket() throws(S3Error) {
        guard request.headers[AccountHeader.name] == (try bucket.owner) else {
            throw S3Error(.accessDenied).withDenialReason(
                "the request does not name the account of the bucket's owner", isDisclosed: false)
        }
    }

    /// Changes the bucket's tags in one transaction, so that no concurrent change is lost.
    func changeTags(
        _ change: @escaping @Sendable (_ tags: [Tag]) throws(S3Error) -> [Tag]
    ) async throws(S3Error) {
        let bucket = try bucket
        do throws(StorageError) {
            try await service.store.changeConfiguration(TaggedResource.kind, of: bucket) { document throws(S3Error) in
                let tags = try change(try TaggedResource.tags(of: document))
                return tags.isEmpty ? nil : TagSet.document(tags)
            }
        } catch {
            // The bucket was deleted after the request found it.
            if case .noSuchBucket = error { throw S3Error(.noSuchResource) }
            throw S3Error(storage: error)
        }
        service.buckets.invalidate(bucket.name)
    }
}
