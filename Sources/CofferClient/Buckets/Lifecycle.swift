public import CofferModel

/// The lifecycle rules of buckets.
extension S3Client {
    /// Replaces a bucket's lifecycle rules.
    public func putBucketLifecycle(_ bucket: BucketName, _ rules: [LifecycleRule]) async throws {
        let document = XMLWriter.document("LifecycleConfiguration") { xml in
            for rule in rules { xml.element("Rule") { rule.write(to: &$0) } }
        }
        try await put(document, "lifecycle", bucket)
    }

    /// A bucket's lifecycle rules.
    ///
    /// - Throws: `NoSuchLifecycleConfiguration`; ``TransportError`` for a rule that says what ``LifecycleRule`` cannot:
    ///   whoever writes back what was read must not lose it.
    public func getBucketLifecycle(_ bucket: BucketName) async throws -> [LifecycleRule] {
        try await getElement("lifecycle", bucket).all("Rule").map { try LifecycleRule($0) }
    }

    /// Removes a bucket's lifecycle rules.
    public func deleteBucketLifecycle(_ bucket: BucketName) async throws {
        try await delete("lifecycle", bucket)
    }
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
