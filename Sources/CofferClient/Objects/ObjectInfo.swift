public import CofferModel

/// The information that a service returns for an object besides its bytes.
///
/// Source: S3 API Reference, HeadObject and GetObject.
public struct ObjectInfo: Sendable, Hashable, Codable {
    /// The response's status: 200, 206 for a range, or 304.
    public let status: Int
    /// All header fields of the response, in order, with lower-case names.
    public let headers: HeaderFields

    init(_ head: HTTPResponseHead) {
        status = head.status
        headers = head.headers
    }

    /// The first value of a header field, whose name is compared without regard to case.
    public subscript(name: String) -> String? { headers[name] }

    /// The size of the entire object, even if only a range was requested.
    public var byteCount: Int64 { reportedByteCount ?? 0 }

    /// nil if the service does not report it, or reports a size that no object can have.
    var reportedByteCount: Int64? {
        let whole = self["content-range"]?.split(separator: "/").last.flatMap { Int64($0) }
        let count = whole ?? self["content-length"].flatMap { Int64($0) }
        return count.flatMap { (0...Self.mostBytes).contains($0) ? $0 : nil }
    }

    /// Far more than the longest object of any service, and far enough below the limit of `Int64` for sums not to
    /// overflow.
    private static let mostBytes: Int64 = 1 << 60

    /// The offsets of the bytes in the response; nil for all of them.
    public var range: Range<Int64>? {
        guard let field = self["content-range"], let text = field.split(separator: "/").first else { return nil }
        let numbers = text.drop { !$0.isNumber && $0 != "-" }.split(separator: "-", omittingEmptySubsequences: false)
        let ends = numbers.compactMap { Int64($0) }
        return numbers.count == 2 && ends.count == 2 && ends[0] <= ends[1] && ends[1] < Self.mostBytes
            ? ends[0]..<(ends[1] + 1) : nil
    }

    /// Whether the response has exactly these bytes, and of this object as far as the response says.
    func has(_ range: Range<Int64>, of tag: ETag) -> Bool {
        // A service that does not support ranges answers with the entire object.
        (self.range ?? 0..<byteCount) == range && (self["etag"] == nil || eTag == tag)
    }

    /// Whether the response has the bytes that a range selects; nil selects all.
    func has(_ asked: ByteRange?) -> Bool {
        guard let asked else { return range == nil || range == 0..<byteCount }
        if case .from(let first, let last?) = asked, last < first { return false }
        return asked.resolve(in: byteCount) == range ?? 0..<byteCount
    }

    /// The object's ETag; empty if the service returned none.
    public var eTag: ETag { ETag(header: self["etag"] ?? "") }
    /// When the object was written.
    public var lastModified: Timestamp? { self["last-modified"].flatMap { Timestamp(parsing: $0) } }
    /// The version, in versioned buckets.
    public var version: VersionID? { self["x-amz-version-id"].map { VersionID(opaque: $0) } }
    /// Whether the version is a delete marker.
    public var isDeleteMarker: Bool { self["x-amz-delete-marker"] == "true" }
    /// The `Content-Type` that the object is stored with.
    public var contentType: String? { self["content-type"] }
    /// The `Content-Encoding` that the object is stored with.
    public var contentEncoding: String? { self["content-encoding"] }
    /// The `Content-Disposition` that the object is stored with.
    public var contentDisposition: String? { self["content-disposition"] }
    /// The `Content-Language` that the object is stored with.
    public var contentLanguage: String? { self["content-language"] }
    /// The `Cache-Control` that the object is stored with.
    public var cacheControl: String? { self["cache-control"] }
    /// The `Expires` that the object is stored with, as text.
    public var expires: String? { self["expires"] }
    /// nil for `STANDARD`.
    public var storageClass: String? { self["x-amz-storage-class"] }
    /// `AES256`, `aws:kms`, `aws:kms:dsse`, or another value; nil for a customer's key, or if the service reports
    /// nothing.
    public var encryption: String? { self["x-amz-server-side-encryption"] }
    /// The ID of the key in the key service.
    public var keyID: String? { self["x-amz-server-side-encryption-aws-kms-key-id"] }
    /// Whether a bucket key is used between the object's key and that of the key service.
    public var usesBucketKey: Bool { self["x-amz-server-side-encryption-bucket-key-enabled"] == "true" }
    /// When a lifecycle rule will delete the object, where the service reports it.
    public var expiration: ObjectExpiration? { self["x-amz-expiration"].flatMap(ObjectExpiration.init) }
    /// The version's retention and legal hold.
    public var lock: ObjectLock { ObjectLock { self[$0] } }
    /// The number of the object's tags.
    public var tagCount: Int { self["x-amz-tagging-count"].flatMap { Int($0) } ?? 0 }
    /// The number of the object's parts; only returned if one of them was requested.
    public var partCount: Int? { self["x-amz-mp-parts-count"].flatMap { Int($0) } }

    /// The user's metadata; names are in lower case and without the prefix `x-amz-meta-`.
    public var metadata: [String: String] {
        let prefix = "x-amz-meta-"
        let fields = headers.filter { $0.name.hasPrefix(prefix) }.map { ($0.name.dropFirst(prefix.count), $0.value) }
        return Dictionary(fields.map { (String($0.0), $0.1) }) { "\($0),\($1)" }
    }

    /// The checksums that the object was stored with, as far as the caller may see them.
    public var checksums: [Checksum] {
        ChecksumAlgorithm.allCases.compactMap { algorithm in
            self[algorithm.header].map { Checksum(algorithm: algorithm, value: $0) }
        }
    }

    /// What the checksums cover; services that do not report a type append a number to composite checksums.
    public var checksumType: ChecksumType {
        self["x-amz-checksum-type"].flatMap(ChecksumType.init)
            ?? (checksums.contains { $0.value.contains("-") } ? .composite : .fullObject)
    }
}
