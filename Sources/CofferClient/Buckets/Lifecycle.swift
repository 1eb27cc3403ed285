public import CofferModel

/// The lifecycle rules of buckets.
extension S3Client {
    /// Replaces a bucket's lifecycle rules.
    public func putBucketLifecycle(bucket: BucketName, configuration: LifecycleConfiguration) async throws {
        let document = XMLWriter.document("LifecycleConfiguration") { xml in
            for rule in configuration.rules { xml.element("Rule") { rule.write(to: &$0) } }
        }
        let minimum = configuration.smallestTransition?.rawValue
        try await put(
            document, "lifecycle", bucket,
            headers: HeaderFields(present: [LifecycleConfiguration.minimumField: minimum]))
    }

    /// Returns a bucket's lifecycle rules.
    ///
    /// - Throws: `NoSuchLifecycleConfiguration`; ``TransportError`` for a rule that ``LifecycleRule`` cannot represent:
    ///   a caller that reads it and writes it back must not lose settings.
    public func getBucketLifecycle(bucket: BucketName) async throws -> LifecycleConfiguration {
        let (root, head) = try await document(S3Call("GET", bucket, query: [("lifecycle", nil)]))
        try root.rejectUnknownChildren("Rule")
        var configuration = LifecycleConfiguration(rules: try root.all("Rule").map { try LifecycleRule($0) })
        if let minimum = head[LifecycleConfiguration.minimumField] {
            configuration.smallestTransition = try root.told(
                LifecycleConfiguration.minimumField, LifecycleConfiguration.SmallestTransition(rawValue: minimum))
        }
        return configuration
    }

    /// Removes a bucket's lifecycle rules.
    public func deleteBucketLifecycle(bucket: BucketName) async throws {
        try await delete("lifecycle", bucket)
    }
}

/// The lifecycle rules of a bucket, and the settings that apply to all of them.
public struct LifecycleConfiguration: Sendable, Equatable {
    public var rules: [LifecycleRule]
    /// nil for the service's default.
    public var smallestTransition: SmallestTransition?

    public init(rules: [LifecycleRule]) { self.rules = rules }

    /// The smallest objects that move to another storage class, where a rule's filter does not limit sizes.
    public enum SmallestTransition: String, Sendable {
        /// 128 KiB, whatever the class.
        case all128KiB = "all_storage_classes_128K"
        /// Each storage class has its own minimum.
        case variesByStorageClass = "varies_by_storage_class"
    }

    static let minimumField = "x-amz-transition-default-minimum-object-size"
}

/// What happens to a bucket's objects as they age.
///
/// Source: S3 API Reference, PutBucketLifecycleConfiguration.
public struct LifecycleRule: Sendable, Equatable {
    public var id: String?
    public var isEnabled = true
    public var filter = Filter()
    /// When current versions expire; in versioned buckets, delete markers hide them.
    public var expiration: Expiration?
    /// When noncurrent versions are removed, except for the newest ones.
    public var noncurrentExpiration: NoncurrentExpiration?
    public var transitions: [Transition] = []
    public var noncurrentTransitions: [NoncurrentTransition] = []
    /// The days after which an incomplete upload is aborted.
    public var abortsUploadsAfterDays: Int?

    public init(id: String? = nil) { self.id = id }

    /// The conditions that an object must all meet.
    public struct Filter: Sendable, Equatable {
        public var prefix: String?
        public var tags: [Tag] = []
        public var moreBytesThan: Int64?
        public var fewerBytesThan: Int64?

        public init(prefix: String? = nil) { self.prefix = prefix }
    }

    /// When objects expire.
    public enum Expiration: Sendable, Equatable {
        case days(Int)
        /// Midnight, UTC.
        case date(Timestamp)
        /// Delete markers that no longer hide any version.
        case deleteMarkers
    }

    /// When noncurrent versions are removed.
    public struct NoncurrentExpiration: Sendable, Equatable {
        public var days: Int
        public var keepsNewest: Int?

        public init(days: Int, keepsNewest: Int? = nil) {
            self.days = days
            self.keepsNewest = keepsNewest
        }
    }

    /// When objects move to another storage class.
    public struct Transition: Sendable, Equatable {
        public var time: Time
        public var storageClass: String

        /// A time, as days of an object's age or as a date.
        public enum Time: Sendable, Equatable {
            case days(Int)
            /// Midnight, UTC.
            case date(Timestamp)
        }

        public init(time: Time, storageClass: String) {
            self.time = time
            self.storageClass = storageClass
        }
    }

    /// When noncurrent versions, except for the newest ones, move to another storage class.
    public struct NoncurrentTransition: Sendable, Equatable {
        public var days: Int
        public var keepsNewest: Int?
        public var storageClass: String

        public init(days: Int, keepsNewest: Int? = nil, storageClass: String) {
            self.days = days
            self.keepsNewest = keepsNewest
            self.storageClass = storageClass
        }
    }
}
