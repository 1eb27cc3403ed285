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

extension LifecycleRule {
    init(_ element: XMLElement) throws(TransportError) {
        try element.mustHaveNoOthers(
            "ID", "Status", "Prefix", "Filter", "Expiration", "NoncurrentVersionExpiration", "Transition",
            "NoncurrentVersionTransition", "AbortIncompleteMultipartUpload")
        id = element.text("ID")
        isEnabled = element["Status"]?.text == "Enabled"
        if let filter = element["Filter"] {
            try filter.mustHaveNoOthers("Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "And")
            self.filter = try Filter(filter["And"] ?? filter)
        } else {
            filter.prefix = element["Prefix"]?.text
        }
        if let expiration = element["Expiration"] { self.expiration = try Expiration(expiration) }
        if let noncurrent = element["NoncurrentVersionExpiration"] {
            try noncurrent.mustHaveNoOthers("NoncurrentDays", "NewerNoncurrentVersions")
            noncurrentExpiration = NoncurrentExpiration(
                days: try noncurrent.days("NoncurrentDays"), keepsNewest: try noncurrent.keepsNewest)
        }
        for transition in element.all("Transition") { transitions.append(try Transition(transition)) }
        for transition in element.all("NoncurrentVersionTransition") {
            try transition.mustHaveNoOthers("NoncurrentDays", "NewerNoncurrentVersions", "StorageClass")
            noncurrentTransitions.append(
                NoncurrentTransition(
                    days: try transition.days("NoncurrentDays"), keepsNewest: try transition.keepsNewest,
                    storageClass: try transition.storageClass))
        }
        abortsUploadsAfterDays = try element["AbortIncompleteMultipartUpload"]?.days("DaysAfterInitiation")
    }

    fileprivate func write(to xml: inout XMLWriter) {
        switch expiration {
        case nil: break
        case .days(let days): xml.element("Expiration") { $0.element("Days", String(days)) }
        case .date(let date): xml.element("Expiration") { $0.element("Date", date.iso8601) }
        case .deleteMarkers: xml.element("Expiration") { $0.element("ExpiredObjectDeleteMarker", "true") }
        }
        xml.optional("ID", id)
        xml.element("Filter") { filter.write(to: &$0) }
        xml.element("Status", isEnabled ? "Enabled" : "Disabled")
        for transition in transitions {
            xml.element("Transition") { xml in
                switch transition.time {
                case .days(let days): xml.element("Days", String(days))
                case .date(let date): xml.element("Date", date.iso8601)
                }
                xml.element("StorageClass", transition.storageClass)
            }
        }
        for transition in noncurrentTransitions {
            xml.element("NoncurrentVersionTransition") { xml in
                xml.element("NoncurrentDays", String(transition.days))
                xml.optional("NewerNoncurrentVersions", transition.keepsNewest.map(String.init))
                xml.element("StorageClass", transition.storageClass)
            }
        }
        if let noncurrentExpiration {
            xml.element("NoncurrentVersionExpiration") { xml in
                xml.element("NoncurrentDays", String(noncurrentExpiration.days))
                xml.optional("NewerNoncurrentVersions", noncurrentExpiration.keepsNewest.map(String.init))
            }
        }
        if let abortsUploadsAfterDays {
            xml.element("AbortIncompleteMultipartUpload") {
                $0.element("DaysAfterInitiation", String(abortsUploadsAfterDays))
            }
        }
    }
}

extension LifecycleRule.Expiration {
    fileprivate init(_ element: XMLElement) throws(TransportError) {
        try element.mustHaveNoOthers("Date", "Days", "ExpiredObjectDeleteMarker")
        if let date = try element.date {
            self = .date(date)
        } else if element.isTrue("ExpiredObjectDeleteMarker") {
            self = .deleteMarkers
        } else {
            self = .days(try element.days("Days"))
        }
    }
}

extension LifecycleRule.Transition {
    fileprivate init(_ element: XMLElement) throws(TransportError) {
        try element.mustHaveNoOthers("Date", "Days", "StorageClass")
        time = if let date = try element.date { .date(date) } else { .days(try element.days("Days")) }
        storageClass = try element.storageClass
    }
}

/// What cannot be read is an error, never left out: a rule with fewer conditions deletes more.
extension XMLElement {
    fileprivate func mustHaveNoOthers(_ names: String...) throws(TransportError) {
        guard let other = children.first(where: { !names.contains($0.name) }) else { return }
        throw TransportError(.badAnswer, "a lifecycle rule of the service has a \(other.name), which is not known here")
    }

    fileprivate func told<Value>(_ name: String, _ value: Value?) throws(TransportError) -> Value {
        guard let value else {
            throw TransportError(
                .badAnswer, "a lifecycle rule of the service has no \(name), or one that cannot be read")
        }
        return value
    }

    fileprivate func days(_ name: String) throws(TransportError) -> Int { Int(try told(name, number(name))) }

    fileprivate var storageClass: String {
        get throws(TransportError) { try told("StorageClass", text("StorageClass")) }
    }

    fileprivate var date: Timestamp? {
        get throws(TransportError) { self["Date"] == nil ? nil : try told("Date", time("Date")) }
    }

    fileprivate func optional(_ name: String) throws(TransportError) -> Int64? {
        self[name] == nil ? nil : try told(name, number(name))
    }

    fileprivate var keepsNewest: Int? {
        get throws(TransportError) { try optional("NewerNoncurrentVersions").map { Int($0) } }
    }
}

extension LifecycleRule.Filter {
    fileprivate init(_ fields: XMLElement) throws(TransportError) {
        try fields.mustHaveNoOthers("Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
        prefix = fields["Prefix"]?.text
        tags = fields.all("Tag").map { Tag(key: $0["Key"]?.text ?? "", value: $0["Value"]?.text ?? "") }
        moreBytesThan = try fields.optional("ObjectSizeGreaterThan")
        fewerBytesThan = try fields.optional("ObjectSizeLessThan")
    }

    /// Several conditions stand in an `And`.
    fileprivate func write(to xml: inout XMLWriter) {
        let count = [prefix != nil, moreBytesThan != nil, fewerBytesThan != nil].count { $0 } + tags.count
        switch count {
        case 0: xml.element("Prefix", "")
        case 1: writeFields(to: &xml)
        default: xml.element("And") { writeFields(to: &$0) }
        }
    }

    private func writeFields(to xml: inout XMLWriter) {
        xml.optional("Prefix", prefix)
        for tag in tags {
            xml.element("Tag") { xml in
                xml.element("Key", tag.key)
                xml.element("Value", tag.value)
            }
        }
        xml.optional("ObjectSizeGreaterThan", moreBytesThan.map(String.init))
        xml.optional("ObjectSizeLessThan", fewerBytesThan.map(String.init))
    }
}
