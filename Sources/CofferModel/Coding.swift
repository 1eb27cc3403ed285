// Names, tags and times are encoded as the text that S3 uses for them.

extension BucketName: Codable {
    /// Decodes a name that a service uses.
    ///
    /// - Throws: `InvalidBucketName` for a text that no service can use as a name; see ``init(opaque:)``.
    public init(from decoder: any Decoder) throws { try self.init(opaque: String(from: decoder)) }

    /// Encodes the text.
    public func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

extension ObjectKey: Codable {
    /// Decodes a key.
    ///
    /// - Throws: `KeyTooLongError` and `InvalidURI`, as for any other text.
    public init(from decoder: any Decoder) throws { try self.init(String(from: decoder)) }

    /// Encodes the text.
    public func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

extension VersionID: Codable {
    /// Decodes an id, which may be another service's.
    public init(from decoder: any Decoder) throws { self.init(opaque: try String(from: decoder)) }

    /// Encodes the text.
    public func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

extension ETag: Codable {
    /// Decodes a tag without quotes.
    public init(from decoder: any Decoder) throws { self.init(try String(from: decoder)) }

    /// Encodes the tag without its quotes.
    public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension Timestamp: Codable {
    /// Decodes a time.
    ///
    /// - Throws: `DecodingError` for a text that ``init(parsing:)`` does not accept.
    public init(from decoder: any Decoder) throws {
        let text = try String(from: decoder)
        guard let time = Timestamp(parsing: text) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: "not a time such as 2026-11-23T21:56:00.000Z"))
        }
        self = time
    }

    /// Encodes the time as ``iso8601``.
    public func encode(to encoder: any Encoder) throws { try iso8601.encode(to: encoder) }
}
