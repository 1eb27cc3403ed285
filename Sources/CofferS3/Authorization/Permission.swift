import CofferHTTP
package import CofferModel
import CofferService

/// An action on a resource.
package struct Permission: Sendable {
    /// An IAM action such as `s3:GetObject`.
    let action: String
    /// nil for the service itself.
    package let bucket: BucketName?
    package let key: ObjectKey?
    let part: Part
    /// Whether the bucket need not exist.
    let allowsMissingBucket: Bool
    /// The error if the bucket must exist and does not.
    var missingBucket = S3Error.Code.noSuchBucket
    /// Whether it is checked before the body is known, which names keys or other facts that decide: only callers who
    /// could not have the permission for any key are refused.
    var isForSomeKey = false
    /// The version that the action applies to; nil for the current one.
    var version: VersionID?
    /// Whether it applies to an object that the request creates.
    var isForNewObject = false
    /// The facts about the request that are not in its header.
    var facts = RequestFacts()

    package init(
        _ action: String, bucket: BucketName? = nil, key: ObjectKey? = nil, as part: Part = .target,
        allowsMissingBucket: Bool = false
    ) {
        self.action = action
        self.bucket = bucket
        self.key = key
        self.part = part
        self.allowsMissingBucket = allowsMissingBucket
    }

    var resource: String {
        guard let bucket else { return "arn:aws:s3:::*" }
        return key.map { "arn:aws:s3:::\(bucket)/\($0)" } ?? "arn:aws:s3:::\(bucket)"
    }

    /// The resource's role in the operation.
    package enum Part: Sendable {
        /// The resource that the request's target names.
        case target
        /// The object that is copied or renamed.
        case source
        /// The existing object at the target, which is read to evaluate a condition or because bytes are appended to
        /// it.
        case current
    }
}

/// The facts from a request's body that policies may evaluate; nil where header fields carry them.
struct RequestFacts: Sendable {
    var tags: [Tag]?
    var lock: ObjectLock?
    /// The requested region of a new bucket.
    var location: String?
}

extension S3Request {
    /// Returns the permission for an action on what the target names: an object, a bucket, or neither, which is the
    /// service or the caller's account.
    func permission(_ action: String, as part: Permission.Part = .target) throws(S3Error) -> Permission {
        switch level {
        case .service, .account: Permission(action, as: part)
        case .bucket: Permission(action, bucket: try bucketName(), as: part)
        case .object: Permission(action, bucket: try bucketName(), key: try key(), as: part)
        }
    }

    /// Returns the permission for an action on the object, whose name differs for versions: `s3:GetObject` and
    /// `s3:GetObjectVersion`.
    func permission(_ action: String, forVersion versionAction: String) throws(S3Error) -> Permission {
        var permission = try permission(query.contains("versionId") ? versionAction : action)
        // An invalid id is reported where the operation reads it.
        permission.version = try? versionID()
        return permission
    }

    /// Returns the tags that the request gives an object in its header.
    func tags() throws(S3Error) -> [Tag] {
        guard let header = headers["x-amz-tagging"] else { return [] }
        return try Tag.parse(header: header)
    }
}
