import CofferModel
import CofferService

/// The S3 operations that the server does not implement. Each still has its own route, so it is never mistaken for
/// another operation: ``MissingOperation`` makes the same checks as any operation, and then responds as AWS does where
/// nothing was ever configured.
enum MissingOperations {
    struct Row: Sendable {
        let method: String
        let level: ResourceLevel
        /// The query parameters that must be present.
        let parameters: [String]
        /// The operation's name in the S3 API Reference.
        let name: String
        /// The action that the principal must be allowed to perform.
        let action: String
        let answer: Answer
    }

    /// The response to authorized callers.
    enum Answer: Sendable {
        /// `NotImplemented`, because the request would configure something.
        case notImplemented
        /// A document with at most one element, which is empty or holds the default setting.
        case document(root: String, element: (name: String, text: String)?)
        /// An error that names the bucket.
        case bucketError(S3Error.Code)
        case error(S3Error.Code)
        /// A success: deleting something that does not exist is not an error.
        case noContent

        static func document(_ root: String) -> Answer { .document(root: root, element: nil) }
        static func document(_ root: String, _ name: String, _ text: String) -> Answer {
            .document(root: root, element: (name, text))
        }
    }

    /// - Throws: an internal error for a request that matches no row.
    static func row(for request: S3Request) throws(S3Error) -> Row {
        let row = rows.first { row in
            row.method == request.method && row.level == request.level
                && row.parameters.allSatisfy(request.query.contains)
        }
        guard let row else { throw .internalError("a missing operation has no row") }
        return row
    }

    private static func row(
        _ level: ResourceLevel, _ method: String, _ parameters: String, _ name: String, _ action: String,
        _ answer: Answer
    ) -> Row {
        Row(
            method: method, level: level, parameters: parameters.split(at: "&").map(String.init), name: name,
            action: "s3:\(action)", answer: answer)
    }

    /// Returns the rows of a configuration that a bucket has once: it can be read, set, and in some cases deleted.
    private static func one(
        _ parameter: String, get: String, set: String, delete: String? = nil, as name: String, _ unset: Answer
    ) -> [Row] {
        [
            row(.bucket, "GET", parameter, "GetBucket\(name)", get, unset),
            row(.bucket, "PUT", parameter, "PutBucket\(name)", set, .notImplemented),
        ] + (delete.map { [row(.bucket, "DELETE", parameter, $0, set, .noContent)] } ?? [])
    }

    /// Returns the rows of a configuration that a bucket can have several of, each with its id.
    private static func several(_ parameter: String, _ name: String, list: String) -> [Row] {
        let (get, put) = ("Get\(name)Configuration", "Put\(name)Configuration")
        let missing = Answer.error(.noSuchConfiguration)
        return [
            row(.bucket, "GET", "\(parameter)&id", "GetBucket\(name)Configuration", get, missing),
            row(
                .bucket, "GET", parameter, "ListBucket\(name)Configurations", get,
                .document(list, "IsTruncated", "false")),
            row(.bucket, "PUT", parameter, "PutBucket\(name)Configuration", put, .notImplemented),
            row(.bucket, "DELETE", parameter, "DeleteBucket\(name)Configuration", put, missing),
        ]
    }

    /// More specific rows before more general ones.
    static let rows: [Row] = settings + numbered + metadata + objects

    private static let settings: [Row] = [
        one(
            "abac", get: "GetBucketAbac", set: "PutBucketAbac", as: "Abac",
            .document("AbacStatus", "Status", "Disabled")),
        one(
            "accelerate", get: "GetAccelerateConfiguration", set: "PutAccelerateConfiguration",
            as: "AccelerateConfiguration", .document("AccelerateConfiguration")),
        one(
            "lifecycle", get: "GetLifecycleConfiguration", set: "PutLifecycleConfiguration",
            delete: "DeleteBucketLifecycle", as: "LifecycleConfiguration", .bucketError(.noSuchLifecycleConfiguration)),
        one(
            "logging", get: "GetBucketLogging", set: "PutBucketLogging", as: "Logging",
            .document("BucketLoggingStatus")),
        one(
            "notification", get: "GetBucketNotification", set: "PutBucketNotification",
            as: "NotificationConfiguration", .document("NotificationConfiguration")),
        one(
            "replication", get: "GetReplicationConfiguration", set: "PutReplicationConfiguration",
            delete: "DeleteBucketReplication", as: "Replication", .bucketError(.replicationConfigurationNotFound)),
        one(
            "requestPayment", get: "GetBucketRequestPayment", set: "PutBucketRequestPayment", as: "RequestPayment",
            .document("RequestPaymentConfiguration", "Payer", "BucketOwner")),
        one(
            "website", get: "GetBucketWebsite", set: "PutBucketWebsite", as: "Website",
            .bucketError(.noSuchWebsiteConfiguration)),
        [row(.bucket, "DELETE", "website", "DeleteBucketWebsite", "DeleteBucketWebsite", .noContent)],
        // This operation and its action exist only for directory buckets.
        [
            Row(
                method: "GET", level: .bucket, parameters: ["session"], name: "CreateSession",
                action: "s3express:CreateSession", answer: .notImplemented)
        ],
    ].flatMap { $0 }

    private static let numbered: [Row] = [
        several("analytics", "Analytics", list: "ListBucketAnalyticsConfigurationResult"),
        several("intelligent-tiering", "IntelligentTiering", list: "ListBucketIntelligentTieringConfigurationsOutput"),
        several("inventory", "Inventory", list: "ListInventoryConfigurationsResult"),
        several("metrics", "Metrics", list: "ListMetricsConfigurationsResult"),
    ].flatMap { $0 }

    /// Both versions of the API use the same actions. Updating a configuration fails because none exists.
    private static let metadata: [Row] =
        metadata("metadataConfiguration", "MetadataConfiguration")
        + metadata("metadataTable", "MetadataTableConfiguration")
        + ["Annotation", "Inventory", "Journal"].map { table in
            let name = "UpdateBucketMetadata\(table)TableConfiguration"
            return row(.bucket, "PUT", "metadata\(table)Table", name, name, .error(.metadataConfigurationNotFound))
        }

    private static func metadata(_ parameter: String, _ name: String) -> [Row] {
        let action = "BucketMetadataTableConfiguration"
        let missing = Answer.error(.metadataConfigurationNotFound)
        return [
            row(.bucket, "GET", parameter, "GetBucket\(name)", "Get\(action)", missing),
            row(.bucket, "POST", parameter, "CreateBucket\(name)", "Create\(action)", .notImplemented),
            row(.bucket, "DELETE", parameter, "DeleteBucket\(name)", "Delete\(action)", missing),
        ]
    }

    private static let objects: [Row] = [
        row(
            .object, "GET", "annotation&annotationName", "GetObjectAnnotation", "GetObjectAnnotation",
            .error(.noSuchAnnotation)),
        row(
            .object, "GET", "annotation", "ListObjectAnnotations", "ListObjectAnnotations",
            .document("ListObjectAnnotationsOutput", "AnnotationCount", "0")),
        row(.object, "PUT", "annotation", "PutObjectAnnotation", "PutObjectAnnotation", .notImplemented),
        row(
            .object, "DELETE", "annotation&annotationName", "DeleteObjectAnnotation", "DeleteObjectAnnotation",
            .noContent),
        row(.object, "PUT", "encryption", "UpdateObjectEncryption", "UpdateObjectEncryption", .notImplemented),
        // AWS responds this way to accounts that did not use it before it was closed to new customers.
        row(.object, "POST", "select", "SelectObjectContent", "GetObject", .error(.methodNotAllowed)),
    ]
}
