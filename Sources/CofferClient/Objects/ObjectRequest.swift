public import CofferModel

/// What is to be read of an object, and how it is to be answered.
public struct ObjectRequest: Sendable {
    /// nil for the present one.
    public var version: VersionID?
    public var portion = Portion.all
    public var conditions = ReadConditions()
    /// Header fields that the answer is to have in place of the object's own: `cache-control`, `content-disposition`,
    /// `content-encoding`, `content-language`, `content-type` and `expires`. Services refuse them to who does not sign.
    public var answer: [(name: String, value: String)] = []

    public init(version: VersionID? = nil, _ portion: Portion = .all, if conditions: ReadConditions = ReadConditions())
    {
        self.version = version
        self.portion = portion
        self.conditions = conditions
    }

    /// Which bytes.
    public enum Portion: Sendable, Equatable {
        case all
        case range(ByteRange)
        /// One of the parts that the object was uploaded in, 1 to 10,000; ``ObjectInfo/partCount`` tells how many there are.
        /// An object that was written in one piece has one.
        case part(Int)
    }

    /// - Throws: ``ConfigurationError`` for a part's number or an answer's field that there cannot be.
    func call(_ method: String, _ bucket: BucketName, _ key: ObjectKey) throws(ConfigurationError) -> S3Call {
        var call = S3Call(method, bucket, key, headers: conditions.headerFields())
        call.add(query: "versionId", version?.description)
        switch portion {
        case .all: break
        case .range(let range): call.add("range", range.headerValue)
        case .part(let number): call.add(query: "partNumber", String(try PartNumber.checked(number)))
        }
        call.query += try Self.query(answer)
        call.add("x-amz-checksum-mode", "ENABLED")
        return call
    }

    /// - Throws: ``ConfigurationError`` for a field that cannot be chosen.
    static func query(
        _ answer: [(name: String, value: String)]
    ) throws(ConfigurationError) -> [(name: String, value: String?)] {
        for field in answer where !answerFields.contains(field.name.lowercased()) {
            throw ConfigurationError(
                "'\(field.name)' of an answer cannot be chosen: \(answerFields.joined(separator: ", ")) can")
        }
        return answer.map { ("response-\($0.name.lowercased())", $0.value) }
    }

    private static let answerFields = [
        "cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires",
    ]
}

/// The number of a part of an upload.
enum PartNumber {
    /// - Throws: ``ConfigurationError`` for one that no part can have.
    static func checked(_ number: Int) throws(ConfigurationError) -> Int {
        guard (1...Limits.partCount).contains(number) else {
            throw ConfigurationError("a part has a number from 1 to \(Limits.partCount), not \(number)")
        }
        return number
    }
}

extension ObjectInfo {
    /// Whether the answer has what was asked for.
    func has(_ portion: ObjectRequest.Portion) -> Bool {
        switch portion {
        case .all: has(nil as ByteRange?)
        case .range(let range): has(range)
        // Only where there is no other part may the answer be everything.
        case .part(let number): range != nil || number == 1 && (partCount ?? 1) == 1
        }
    }
}
