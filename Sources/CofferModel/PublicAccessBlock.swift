/// What a bucket refuses to the public, whatever its policy and ACLs say.
///
/// Source: S3 User Guide, "Blocking public access to your Amazon S3 storage".
public struct PublicAccessBlock: Sendable, Equatable {
    /// Refuses requests that would give a bucket or object a public ACL.
    public var blocksPublicACLs = false
    /// Passes over what ACLs grant to the public.
    public var ignoresPublicACLs = false
    /// Refuses public bucket policies.
    public var blocksPublicPolicy = false
    /// While the policy is public, lets in nobody but the bucket owner's account.
    public var restrictsPublicBuckets = false

    /// Nothing is refused.
    public static let none = PublicAccessBlock()
    public static let all = PublicAccessBlock(
        blocksPublicACLs: true, ignoresPublicACLs: true, blocksPublicPolicy: true, restrictsPublicBuckets: true)

    /// What either of two refuses.
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

    public init(
        blocksPublicACLs: Bool = false, ignoresPublicACLs: Bool = false, blocksPublicPolicy: Bool = false,
        restrictsPublicBuckets: Bool = false
    ) {
        self.blocksPublicACLs = blocksPublicACLs
        self.ignoresPublicACLs = ignoresPublicACLs
        self.blocksPublicPolicy = blocksPublicPolicy
        self.restrictsPublicBuckets = restrictsPublicBuckets
    }

    /// - Throws: `MalformedXML` for a document of another shape, `InvalidRequest` for one that sets nothing.
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

    public var document: [UInt8] {
        XMLWriter.document("PublicAccessBlockConfiguration") { xml in
            for setting in Self.settings { xml.element(setting.name, String(self[keyPath: setting.path])) }
        }
    }
}
