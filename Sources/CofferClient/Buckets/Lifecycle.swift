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
            configuration.smallestTransition = try root.required(
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
    /// At most 1,000 rules.
    public var rules: [LifecycleRule]
    /// nil for the service's default.
    public var smallestTransition: SmallestTransition?

    /// Creates a configuration with rules.
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
    /// A name of at most 255 characters, unique in the bucket; nil to let the service choose one.
    public var id: String?
    /// Whether the rule takes effect.
    public var isEnabled = true
    /// The objects that the rule applies to; by default all.
    public var filter = Filter()
    /// When current versions expire; in versioned buckets, delete markers hide them.
    public var expiration: Expiration?
    /// When noncurrent versions are removed, except for the newest ones.
    public var noncurrentExpiration: NoncurrentExpiration?
    /// When current versions move to other storage classes.
    public var transitions: [Transition] = []
    /// When noncurrent versions move to other storage classes.
    public var noncurrentTransitions: [NoncurrentTransition] = []
    /// The days after which an incomplete upload is aborted.
    public var abortsUploadsAfterDays: Int?

    /// Creates a rule that does nothing yet.
    public init(id: String? = nil) { self.id = id }

    /// The conditions that an object must all meet.
    public struct Filter: Sendable, Equatable {
        /// The beginning of the objects' keys; nil for any.
        public var prefix: String?
        /// Tags that the objects have.
        public var tags: [Tag] = []
        /// The objects are longer than this, in bytes.
        public var moreBytesThan: Int64?
        /// The objects are shorter than this, in bytes.
        public var fewerBytesThan: Int64?

        /// Creates a filter for keys with a prefix, or for all objects.
        public init(prefix: String? = nil) { self.prefix = prefix }
    }

    /// When objects expire.
    public enum Expiration: Sendable, Equatable {
        /// Days after the object was written.
        case days(Int)
        /// Midnight, UTC.
        case date(Timestamp)
        /// Delete markers that no longer hide any version.
        case deleteMarkers
    }

    /// When noncurrent versions are removed.
    public struct NoncurrentExpiration: Sendable, Equatable {
        /// Days after a version became noncurrent.
        public var days: Int
        /// The number of newest noncurrent versions that are kept, 1 to 100; nil for none.
        public var keepsNewest: Int?

        /// Creates a rule's expiration of noncurrent versions.
        public init(days: Int, keepsNewest: Int? = nil) {
            self.days = days
            self.keepsNewest = keepsNewest
        }
    }

    /// When objects move to another storage class.
    public struct Transition: Sendable, Equatable {
        /// When the objects move.
        public var time: Time
        /// The storage class, such as `GLACIER`.
        public var storageClass: String

        /// A time, as days of an object's age or as a date.
        public enum Time: Sendable, Equatable {
            /// Days after the object was written.
            case days(Int)
            /// Midnight, UTC.
            case date(Timestamp)
        }

        /// Creates a transition to a storage class.
        public init(time: Time, storageClass: String) {
            self.time = time
            self.storageClass = storageClass
        }
    }

    /// When noncurrent versions, except for the newest ones, move to another storage class.
    public struct NoncurrentTransition: Sendable, Equatable {
        /// Days after a version became noncurrent.
        public var days: Int
        /// The number of newest noncurrent versions that stay in their storage class, 1 to 100; nil for none.
        public var keepsNewest: Int?
        /// The storage class, such as `GLACIER`.
        public var storageClass: String

        /// Creates a transition of noncurrent versions.
        public init(days: Int, keepsNewest: Int? = nil, storageClass: String) {
            self.days = days
            self.keepsNewest = keepsNewest
            self.storageClass = storageClass
        }
    }
}
