public import CofferModel

/// The part of an object to read, and how the service should respond.
public struct ObjectRequest: Sendable, Hashable {
    /// nil for the current version.
    public var version: VersionID?
    /// The bytes to read.
    public var portion = Portion.all
    /// The conditions that the object must meet.
    public var conditions = ReadConditions()
    /// Header fields that the response should have instead of the object's own: `cache-control`, `content-disposition`,
    /// `content-encoding`, `content-language`, `content-type` and `expires`. Services refuse them in unsigned requests.
    public var responseHeaders: HeaderFields = [:]

    /// Creates a request for all bytes of an object, or for some of them.
    public init(
        version: VersionID? = nil, portion: Portion = .all, if conditions: ReadConditions = ReadConditions()
    ) {
        self.version = version
        self.portion = portion
        self.conditions = conditions
    }

    /// The bytes to read.
    public enum Portion: Sendable, Hashable {
        /// All bytes.
        case all
        /// A range of the bytes.
        case range(ByteRange)
        /// One of the parts that the object was uploaded in, 1 to 10,000; ``ObjectInfo/partCount`` is their number. An
        /// object that was not uploaded in parts has one.
        case part(Int)
    }

    /// - Throws: ``ConfigurationError`` for an invalid part number or response header field.
    func call(_ method: String, _ bucket: BucketName, _ key: ObjectKey) throws(ConfigurationError) -> S3Call {
        var call = S3Call(method, bucket, key, headers: conditions.headerFields())
        call.add(query: "versionId", version?.description)
        switch portion {
        case .all: break
        case .range(let range): call.add("range", range.headerValue)
        case .part(let number): call.add(query: "partNumber", String(try UploadedPart.checkedNumber(number)))
        }
        call.query += try Self.query(responseHeaders)
        call.add("x-amz-checksum-mode", "ENABLED")
        return call
    }

    /// - Throws: ``ConfigurationError`` for a field that cannot be overridden.
    static func query(
        _ headers: HeaderFields
    ) throws(ConfigurationError) -> [(name: String, value: String?)] {
        for field in headers where !responseFields.contains(field.name.lowercased()) {
            throw ConfigurationError(
                "the response header '\(field.name)' cannot be overridden; these can: "
                    + responseFields.joined(separator: ", "))
        }
        return headers.map { ("response-\($0.name.lowercased())", $0.value) }
    }

    private static let responseFields = [
        "cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires",
    ]
}

extension ObjectInfo {
    /// Whether the response has the requested portion.
    func has(_ portion: ObjectRequest.Portion) -> Bool {
        switch portion {
        case .all: has(nil as ByteRange?)
        case .range(let range): has(range)
        // The response may be the entire object only if the object has no other part.
        case .part(let number): range != nil || number == 1 && (partCount ?? 1) == 1
        }
    }
}
