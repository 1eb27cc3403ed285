public import CofferModel

/// The lifecycle rules of buckets.
extension S3Client {
    /// Replaces a bucket's lifecycle rules.
    public func putBucketLifecycle(_ bucket: BucketName, _ configuration: LifecycleConfiguration) async throws {
        let document = XMLWriter.document("LifecycleConfiguration") { xml in
            for rule in configuration.rules { xml.element("Rule") { rule.write(to: &$0) } }
        }
        let minimum = configuration.smallestTransition.map { [(LifecycleConfiguration.minimumField, $0.rawValue)] }
        try await put(document, "lifecycle", bucket, headers: minimum ?? [])
    }

    /// A bucket's lifecycle rules.
    ///
    /// - Throws: `NoSuchLifecycleConfiguration`; ``TransportError`` for a rule that says what ``LifecycleRule`` cannot:
    ///   whoever writes back what was read must not lose it.
    public func getBucketLifecycle(_ bucket: BucketName) async throws -> LifecycleConfiguration {
        let (root, head) = try await document(S3Call("GET", bucket, query: [("lifecycle", nil)]))
        try root.rejectUnknownChildren("Rule")
        var configuration = LifecycleConfiguration(try root.all("Rule").map { try LifecycleRule($0) })
        if let minimum = head[LifecycleConfiguration.minimumField] {
            configuration.smallestTransition = try root.told(
                LifecycleConfiguration.minimumField, LifecycleConfiguration.SmallestTransition(rawValue: minimum))
        }
        return configuration
    }

    /// Removes a bucket's lifecycle rules.
    public func deleteBucketLifecycle(_ bucket: BucketName) async throws {
        try await delete("lifecycle", bucket)
    }
}

/// The lifecycle rules of a bucket, and what holds for all of them.
public struct LifecycleConfiguration: Sendable, Equatable {
    public var rules: [LifecycleRule]
    /// nil for what the service makes of its own.
    public var smallestTransition: SmallestTransition?

    public init(_ rules: [LifecycleRule]) { self.rules = rules }

    /// The smallest objects that move to another storage class, where a rule's filter says nothing of sizes.
    public enum SmallestTransition: String, Sendable {
        /// 128 KiB, whatever the class.
        case all128KiB = "all_storage_classes_128K"
        /// As each class has it.
        case variesByStorageClass = "varies_by_storage_class"
    }

    static let minimumField = "x-amz-transition-default-minimum-object-size"
}

/// What is to become of a bucket's objects as they grow old.
///
/// Source: S3 API Reference, PutBucketLifecycleConfiguration.
public struct LifecycleRule: Sendable, Equatable {
    public var id: String?
    public var isEnabled = true
    public var filter = Filter()
    /// When present versions go; in buckets with versions they are hidden behind delete markers.
    public var expiration: Expiration?
    /// Days after which a version that was replaced goes, but for the newest ones.
    public var noncurrentExpiration: NoncurrentExpiration?
    public var transitions: [Transition] = []
    public var noncurrentTransitions: [NoncurrentTransition] = []
    /// Days after which an upload that nobody completes is aborted.
    public var abortsUploadsAfterDays: Int?

    public init(id: String? = nil) { self.id = id }

    /// What all must be true of an object.
    public struct Filter: Sendable, Equatable {
        public var prefix: String?
        public var tags: [Tag] = []
        public var moreBytesThan: Int64?
        public var fewerBytesThan: Int64?

        public init(prefix: String? = nil) { self.prefix = prefix }
    }

    /// When objects go.
    public enum Expiration: Sendable, Equatable {
        case days(Int)
        /// Midnight, UTC.
        case date(Timestamp)
        /// Delete markers that hide nothing any more.
        case deleteMarkers
    }

    /// When versions go that were replaced.
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

        /// When, of an object's life or of the calendar.
        public enum Time: Sendable, Equatable {
            case days(Int)
            /// Midnight, UTC.
            case date(Timestamp)
        }

        public init(_ time: Time, storageClass: String) {
            self.time = time
            self.storageClass = storageClass
        }
    }

    /// When versions that were replaced move to another storage class, but for the newest ones.
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
