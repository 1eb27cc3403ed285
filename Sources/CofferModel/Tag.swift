/// A tag of an object or bucket. Source: S3 User Guide, "Categorizing your storage using tags".
public struct Tag: Sendable, Hashable, Codable {
    /// The name; S3 allows 1 to ``Limits/tagKeyLength`` characters.
    public let key: String
    /// The value; S3 allows up to ``Limits/tagValueLength`` characters.
    public let value: String

    /// Creates a tag, unchecked.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// Reads the `x-amz-tagging` header, which has the tags as query parameters.
    ///
    /// - Throws: `InvalidArgument` for invalid encoding, an empty key or a duplicate key, `InvalidTag` for a key or
    ///   value that is too long or contains a character that is not allowed in tags, `BadRequest` for more than ten
    ///   tags.
    public static func parse(header: String) throws(S3Error) -> [Tag] {
        guard let query = try? Query(header) else {  // The error below names the header.
            throw malformed(header)
        }
        let tags = query.parameters.map { Tag(key: $0.name, value: $0.value) }
        guard Set(tags.map(\.key)).count == tags.count, !tags.contains(where: { $0.key.isEmpty }),
            isEncoded(header)
        else { throw malformed(header) }
        try check(tags)
        guard tags.count <= Limits.objectTagCount else {
            throw S3Error(.badRequest, "Object tags cannot be greater than \(Limits.objectTagCount)")
        }
        return tags
    }

    /// Whether everything that must be encoded is encoded: characters that are not allowed in tags, and `=` in a value.
    private static func isEncoded(_ header: String) -> Bool {
        header.split(at: "&").allSatisfy { pair in
            let parts = pair.split(at: "=", keepingEmpty: true)
            return parts.count <= 2 && parts.allSatisfy { part in isText(String(part.filter { $0 != "%" })) }
        }
    }

    private static func malformed(_ header: String) -> S3Error {
        .invalidArgument(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
            name: "x-amz-tagging", value: header)
    }

    /// - Throws: `InvalidTag` for a key or value that is too long or contains a character that is not allowed in tags,
    ///   for a duplicate key, and for a key that is reserved for AWS.
    public static func check(_ tags: [Tag]) throws(S3Error) {
        var seen: Set<String> = []
        for tag in tags {
            guard (1...Limits.tagKeyLength).contains(tag.key.unicodeScalars.count), isText(tag.key) else {
                throw S3Error(.invalidTag, "The TagKey you have provided is invalid", details: [("TagKey", tag.key)])
            }
            guard tag.value.unicodeScalars.count <= Limits.tagValueLength, isText(tag.value) else {
                throw S3Error(
                    .invalidTag, "The TagValue you have provided is invalid",
                    details: [("TagKey", tag.key), ("TagValue", tag.value)])
            }
            guard !tag.key.hasPrefix("aws:") else {
                throw S3Error(
                    .invalidTag, "System tags cannot be added/updated by requester", details: [("TagKey", tag.key)])
            }
            guard seen.insert(tag.key).inserted else {
                throw S3Error(
                    .invalidTag, "Cannot provide multiple Tags with the same key", details: [("TagKey", tag.key)])
            }
        }
    }

    /// Whether key and value have a valid length and only characters that are allowed in tags.
    package var isValid: Bool {
        (1...Limits.tagKeyLength).contains(key.unicodeScalars.count) && Self.isText(key)
            && value.unicodeScalars.count <= Limits.tagValueLength && Self.isText(value)
    }

    /// Whether a text has only letters and digits of any script, spaces, and `+ - = . _ : / @`.
    package static func isText(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            let properties = scalar.properties
            return properties.isAlphabetic || properties.numericType != nil
                || properties.generalCategory == .spaceSeparator
                || [.nonspacingMark, .spacingMark].contains(properties.generalCategory)
                || "+-=._:/@".unicodeScalars.contains(scalar)
        }
    }
}
