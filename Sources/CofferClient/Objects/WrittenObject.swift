public import CofferModel

/// What a service tells of an object that was written.
public struct WrittenObject: Sendable {
    public let eTag: ETag
    /// In buckets with versions.
    public let version: VersionID?
    /// Those that the service tells, and the one that was sent.
    public let checksums: [Checksum]
    /// What they are of, where the service tells it.
    public let checksumType: ChecksumType?
    /// `AES256`, `aws:kms`, `aws:kms:dsse`, or another; nil where it is a customer's key, or nothing is told.
    public let encryption: String?
    /// Of the key service.
    public let keyID: String?
    /// When a lifecycle rule will delete it, where the service tells it.
    public let expiration: ObjectExpiration?

    /// - Parameters:
    ///   - root: the document that tells of the object, where it is one and not the head.
    ///   - sent: the checksum that went with the object.
    /// - Throws: ``TransportError`` without a tag, and for another checksum than was sent: the object is there, and is not
    ///   what it should be.
    init(_ head: HTTPResponseHead, _ root: XMLElement? = nil, sent: Checksum? = nil) throws(TransportError) {
        let info = ObjectInfo(head)
        eTag = try ETag(written: root == nil ? info["etag"] : root?.text("ETag"))
        version = info.version
        let told = root?.checksums ?? info.checksums
        try sent?.mustAgree(with: told)
        checksums = told + [sent].compactMap { $0 }.filter { sent in !told.contains { $0.algorithm == sent.algorithm } }
        checksumType = (root?.text("ChecksumType") ?? info["x-amz-checksum-type"]).flatMap(ChecksumType.init)
        (encryption, keyID, expiration) = (info.encryption, info.keyID, info.expiration)
    }
}

/// When an object goes, and by which rule of its bucket's lifecycle.
public struct ObjectExpiration: Sendable, Equatable {
    public let date: Timestamp
    public let ruleID: String

    /// - Parameter field: `expiry-date="Fri, 23 Dec 2012 00:00:00 GMT", rule-id="…"`, the id percent-encoded.
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
    /// The tag of what was written.
    ///
    /// - Throws: ``TransportError`` where there is none: the answer may be anybody's, such as a proxy's.
    init(written text: String?) throws(TransportError) {
        guard let text, !text.isEmpty else {
            throw TransportError(.badAnswer, "the service returned no ETag of what was written")
        }
        self.init(header: text)
    }
}

extension Checksum {
    /// Compares what was sent with what the service says that it has.
    ///
    /// - Throws: ``TransportError`` for another value. One of parts' checksums has a number behind it, and cannot be
    ///   compared with one of the bytes.
    func mustAgree(with told: [Checksum]) throws(TransportError) {
        for other in told where other.algorithm == algorithm && other.value != value && !other.value.contains("-") {
            throw TransportError(
                .damaged,
                "the \(algorithm.rawValue) of what was sent is \(value), that of what is stored \(other.value)")
        }
    }
}
