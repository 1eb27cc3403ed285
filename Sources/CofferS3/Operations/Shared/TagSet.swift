import CofferModel
import CofferService

/// The tag document that the tagging operations of objects and buckets accept and return.
///
/// Source: S3 API Reference, PutObjectTagging and PutBucketTagging.
enum TagSet {
    /// - Parameters:
    ///   - limit: the most tags that are allowed.
    ///   - subject: `Object` or `Bucket`, as the error names it.
    /// - Throws: `MalformedXML` for a document of another shape, `BadRequest` for too many tags, `InvalidTag`.
    static func parse(_ document: [UInt8], limit: Int, subject: String) throws(S3Error) -> [Tag] {
        let root = try XMLElement.parse(document, root: "Tagging")
        try root.rejectUnknownChildren(["TagSet"])
        guard let set = root["TagSet"] else { throw S3Error(.malformedXML) }
        try set.rejectUnknownChildren([], lists: ["Tag"])
        var tags: [Tag] = []
        for element in set.children {
            try element.rejectUnknownChildren(["Key", "Value"])
            guard let key = element["Key"]?.text, let value = element["Value"]?.text else {
                throw S3Error(.malformedXML)
            }
            tags.append(Tag(key: key, value: value))
        }
        try Tag.check(tags)
        guard tags.count <= limit else { throw S3Error(.badRequest, "\(subject) tags cannot be greater than \(limit)") }
        return tags
    }

    static func document(_ tags: [Tag]) -> [UInt8] {
        XMLWriter.document("Tagging") { xml in
            xml.element("TagSet") { xml in
                for tag in tags { xml.element("Tag") { $0.tag(tag) } }
            }
        }
    }
}
