/// Who owns the objects of a bucket, and whether ACLs have an effect there.
///
/// Source: S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket".
public enum ObjectOwnership: String, Sendable, CaseIterable {
    /// The bucket's owner owns everything; ACLs have no effect.
    case bucketOwnerEnforced = "BucketOwnerEnforced"
    /// The bucket's owner owns the objects written with the ACL `bucket-owner-full-control`; the writer owns all
    /// others.
    case bucketOwnerPreferred = "BucketOwnerPreferred"
    /// The writer owns the objects they write.
    case objectWriter = "ObjectWriter"

    /// Reads a document.
    ///
    /// - Throws: `MalformedXML` for a document that does not match the schema.
    public init(document: [UInt8]) throws(S3Error) {
        let root = try XMLElement.parse(document, root: "OwnershipControls")
        try root.rejectUnknownChildren(["Rule"])
        try root["Rule"]?.rejectUnknownChildren(["ObjectOwnership"])
        guard let text = root["Rule"]?["ObjectOwnership"]?.text, let ownership = ObjectOwnership(rawValue: text)
        else { throw S3Error(.malformedXML) }
        self = ownership
    }

    /// The document, as GetBucketOwnershipControls returns it.
    public var document: [UInt8] {
        XMLWriter.document("OwnershipControls") { xml in
            xml.element("Rule") { $0.element("ObjectOwnership", rawValue) }
        }
    }
}
