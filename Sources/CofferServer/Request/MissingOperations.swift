import CofferModel

/// The operations of S3 that the server does not have. Each has its route nevertheless: a request for one is answered
/// `NotImplemented` with its name, and is never taken for another.
enum MissingOperations {
    static let routes =
        bucket.map { route($0, .bucket) } + object.map { route($0, .object) }

    /// The parameters are separated by `&`.
    private typealias Row = (method: String, parameters: String, name: String)

    private static func route(_ row: Row, _ level: ResourceLevel) -> Route {
        Route(
            method: row.method, level: level, parameters: row.parameters.split(at: "&").map(String.init), header: nil,
            name: row.name, operation: nil)
    }

    private static let bucket: [Row] = [
        ("GET", "abac", "GetBucketAbac"),
        ("PUT", "abac", "PutBucketAbac"),
        ("GET", "accelerate", "GetBucketAccelerateConfiguration"),
        ("PUT", "accelerate", "PutBucketAccelerateConfiguration"),
        ("GET", "analytics&id", "GetBucketAnalyticsConfiguration"),
        ("GET", "analytics", "ListBucketAnalyticsConfigurations"),
        ("PUT", "analytics", "PutBucketAnalyticsConfiguration"),
        ("DELETE", "analytics", "DeleteBucketAnalyticsConfiguration"),
        ("GET", "intelligent-tiering&id", "GetBucketIntelligentTieringConfiguration"),
        ("GET", "intelligent-tiering", "ListBucketIntelligentTieringConfigurations"),
        ("PUT", "intelligent-tiering", "PutBucketIntelligentTieringConfiguration"),
        ("DELETE", "intelligent-tiering", "DeleteBucketIntelligentTieringConfiguration"),
        ("GET", "inventory&id", "GetBucketInventoryConfiguration"),
        ("GET", "inventory", "ListBucketInventoryConfigurations"),
        ("PUT", "inventory", "PutBucketInventoryConfiguration"),
        ("DELETE", "inventory", "DeleteBucketInventoryConfiguration"),
        ("GET", "lifecycle", "GetBucketLifecycleConfiguration"),
        ("PUT", "lifecycle", "PutBucketLifecycleConfiguration"),
        ("DELETE", "lifecycle", "DeleteBucketLifecycle"),
        ("GET", "logging", "GetBucketLogging"),
        ("PUT", "logging", "PutBucketLogging"),
        ("PUT", "metadataAnnotationTable", "UpdateBucketMetadataAnnotationTableConfiguration"),
        ("GET", "metadataConfiguration", "GetBucketMetadataConfiguration"),
        ("POST", "metadataConfiguration", "CreateBucketMetadataConfiguration"),
        ("DELETE", "metadataConfiguration", "DeleteBucketMetadataConfiguration"),
        ("PUT", "metadataInventoryTable", "UpdateBucketMetadataInventoryTableConfiguration"),
        ("PUT", "metadataJournalTable", "UpdateBucketMetadataJournalTableConfiguration"),
        ("GET", "metadataTable", "GetBucketMetadataTableConfiguration"),
        ("POST", "metadataTable", "CreateBucketMetadataTableConfiguration"),
        ("DELETE", "metadataTable", "DeleteBucketMetadataTableConfiguration"),
        ("GET", "metrics&id", "GetBucketMetricsConfiguration"),
        ("GET", "metrics", "ListBucketMetricsConfigurations"),
        ("PUT", "metrics", "PutBucketMetricsConfiguration"),
        ("DELETE", "metrics", "DeleteBucketMetricsConfiguration"),
        ("GET", "notification", "GetBucketNotificationConfiguration"),
        ("PUT", "notification", "PutBucketNotificationConfiguration"),
        ("GET", "replication", "GetBucketReplication"),
        ("PUT", "replication", "PutBucketReplication"),
        ("DELETE", "replication", "DeleteBucketReplication"),
        ("GET", "requestPayment", "GetBucketRequestPayment"),
        ("PUT", "requestPayment", "PutBucketRequestPayment"),
        ("GET", "session", "CreateSession"),
        ("GET", "website", "GetBucketWebsite"),
        ("PUT", "website", "PutBucketWebsite"),
        ("DELETE", "website", "DeleteBucketWebsite"),
    ]

    private static let object: [Row] = [
        ("GET", "annotation&annotationName", "GetObjectAnnotation"),
        ("GET", "annotation", "ListObjectAnnotations"),
        ("PUT", "annotation", "PutObjectAnnotation"),
        ("DELETE", "annotation", "DeleteObjectAnnotation"),
        ("PUT", "encryption", "UpdateObjectEncryption"),
        ("POST", "select", "SelectObjectContent"),
    ]
}
