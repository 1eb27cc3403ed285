public import CofferModel

/// The information that a service returns for a written object.
public struct WrittenObject: Sendable, Hashable, Codable {
    /// The object's ETag.
    public let eTag: ETag
    /// The version of the object, in versioned buckets.
    public let version: VersionID?
    /// The checksums that the service returns, and the one that was sent.
    public let checksums: [Checksum]
    /// What the checksums cover, where the service reports it.
    public let checksumType: ChecksumType?
    /// `AES256`, `aws:kms`, `aws:kms:dsse`, or another value; nil for a customer's key, or if the service reports
    /// nothing.
    public let encryption: String?
    /// The ID of the key in the key service.
    public let keyID: String?
    /// When a lifecycle rule will delete the object, where the service reports it.
    public let expiration: ObjectExpiration?

    /// - Parameters:
    ///   - root: the document that describes the object, if that is in a document and not in the head.
    ///   - sent: the checksum that was sent with the object.
    /// - Throws: ``TransportError`` without an ETag, and for a different checksum than the one sent: the object exists,
    ///   but its content is wrong.
    init(_ head: HTTPResponseHead, _ root: XMLElement? = nil, sent: Checksum? = nil) throws(TransportError) {
        let info = ObjectInfo(head)
        eTag = try ETag(written: root == nil ? info["etag"] : root?.text("ETag"))
        version = info.version
        let reported = root?.checksums ?? info.checksums
        try sent?.mustAgree(with: reported)
        checksums =
            reported + [sent].compactMap { $0 }.filter { sent in !reported.contains { $0.algorithm == sent.algorithm } }
        checksumType = (root?.text("ChecksumType") ?? info["x-amz-checksum-type"]).flatMap(ChecksumType.init)
        (encryption, keyID, expiration) = (info.encryption, info.keyID, info.expiration)
    }
}

/// When an object expires, and by which rule of its bucket's lifecycle.
public struct ObjectExpiration: Sendable, Hashable, Codable {
    /// When the object expires.
    public let date: Timestamp
    /// The ID of the lifecycle rule.
    public let ruleID: String

    /// - Parameter field: `expiry-date="Fri, 23 Dec 2012 00:00:00 GMT", rule-id="…"`, with a percent-encoded ID.
    init?(_ field: String) {
        let pieces = field.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count == 5, pieces[0] == "expiry-date=", pieces[2].hasSuffix("rule-id="),
            let date = Timestamp(parsing: pieces[1])
        else { return nil }
        self.date = date
        ruleID =
            PercentEncoding.decode(pieces[3], plusIsSpace: false).map { String(decoding: $0, as: UTF8.self) }
            ?? pieces[3]
    }
}

extension ETag {
    /// The ETag of a written object.
    ///
    /// - Throws: ``TransportError`` without an ETag: the response may come from elsewhere, such as a proxy.
    init(written text: String?) throws(TransportError) {
        guard let text, !text.isEmpty else {
            throw TransportError(.badResponse, "the service returned no ETag for the object that was written")
        }
        self.init(header: text)
    }
}

extension Checksum {
    /// Compares the checksum that was sent with those that the service reports.
    ///
    /// - Throws: ``TransportError`` for a different value. A checksum of parts' checksums ends with a number, and
    ///   cannot be compared with a checksum of the bytes.
    func mustAgree(with reported: [Checksum]) throws(TransportError) {
        for other in reported where other.algorithm == algorithm && other.value != value && !other.value.contains("-") {
            throw TransportError(
                .damaged,
                "the content was damaged on the way: the \(algorithm.rawValue) of the sent bytes is \(value), of the stored "
                    + "bytes \(other.value)")
        }
    }
}
