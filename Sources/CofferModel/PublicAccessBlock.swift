/// The public access that a bucket blocks, regardless of its policy and ACLs.
///
/// Source: S3 User Guide, "Blocking public access to your Amazon S3 storage".
public struct PublicAccessBlock: Sendable, Equatable {
    /// Whether requests that would give a bucket or object a public ACL are refused.
    public var blocksPublicACLs = false
    /// Whether grants of ACLs to the public are ignored.
    public var ignoresPublicACLs = false
    /// Whether public bucket policies are refused.
    public var blocksPublicPolicy = false
    /// Whether only the bucket owner's account has access while the policy is public.
    public var restrictsPublicBuckets = false

    /// A block with no restrictions.
    public static let none = PublicAccessBlock()
    /// A block with all restrictions, as AWS sets for new buckets.
    public static let all = PublicAccessBlock(
        blocksPublicACLs: true, ignoresPublicACLs: true, blocksPublicPolicy: true, restrictsPublicBuckets: true)

    /// Returns the restrictions of both blocks combined.
    public func union(_ other: PublicAccessBlock) -> PublicAccessBlock {
        var union = self
        for setting in Self.settings where other[keyPath: setting.path] { union[keyPath: setting.path] = true }
        return union
    }

    private static var settings: [(name: String, path: WritableKeyPath<PublicAccessBlock, Bool>)] {
        [
            ("BlockPublicAcls", \.blocksPublicACLs), ("IgnorePublicAcls", \.ignoresPublicACLs),
            ("BlockPublicPolicy", \.blocksPublicPolicy), ("RestrictPublicBuckets", \.restrictsPublicBuckets),
        ]
    }

    /// Creates a block with some of the restrictions.
    ///
    /// - Parameters:
    ///   - blocksPublicACLs: whether requests that would give a bucket or object a public ACL are refused.
    ///   - ignoresPublicACLs: whether grants of ACLs to the public are ignored.
    ///   - blocksPublicPolicy: whether public bucket policies are refused.
    ///   - restrictsPublicBuckets: whether only the bucket owner's account has access while the policy is public.
    public init(
        blocksPublicACLs: Bool = false, ignoresPublicACLs: Bool = false, blocksPublicPolicy: Bool = false,
        restrictsPublicBuckets: Bool = false
    ) {
        self.blocksPublicACLs = blocksPublicACLs
        self.ignoresPublicACLs = ignoresPublicACLs
        self.blocksPublicPolicy = blocksPublicPolicy
        self.restrictsPublicBuckets = restrictsPublicBuckets
    }

    /// Reads a document.
    ///
    /// - Throws: `MalformedXML` for a document that does not match the schema, `InvalidRequest` for one without
    ///   settings.
    public init(document: [UInt8]) throws(S3Error) {
        let root = try XMLElement.parse(document, root: "PublicAccessBlockConfiguration")
        try root.rejectUnknownChildren(Self.settings.map(\.name))
        guard !root.children.isEmpty else {
            throw S3Error(.invalidRequest, "Must specify at least one configuration.")
        }
        for setting in Self.settings {
            if let value = try root.flag(setting.name) { self[keyPath: setting.path] = value }
        }
    }

    /// The document, as GetPublicAccessBlock returns it.
    public var document: [UInt8] {
        XMLWriter.document("PublicAccessBlockConfiguration") { xml in
            for setting in Self.settings { xml.element(setting.name, String(self[keyPath: setting.path])) }
        }
    }
}
