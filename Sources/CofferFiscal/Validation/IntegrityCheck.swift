import CofferCrypto

/// Compares the size and the hash of a resource's files with those in the descriptor.
struct IntegrityCheck: ~Copyable {
    private let resource: Resource
    let isNeeded: Bool
    private var byteCount: Int64 = 0
    private var digest: Digest?
    private var actual: String?

    init(_ resource: Resource, levels: Set<Rule.Level>) {
        self.resource = resource
        isNeeded = levels.contains(.integrity) && (resource.byteCount != nil || resource.hash != nil)
        let algorithm = resource.hash.flatMap { Self.algorithm($0.algorithm) }
        digest = isNeeded ? algorithm.map { Digest($0) } : nil
    }

    /// - Returns: nil for an unknown algorithm.
    static func algorithm(_ name: String) -> DigestAlgorithm? {
        switch name {
        case "md5": .md5
        case "sha1", "sha-1": .sha1
        case "sha256", "sha-256": .sha256
        case "sha512", "sha-512": .sha512
        default: nil
        }
    }

    mutating func append(_ piece: [UInt8]) {
        byteCount += Int64(piece.count)
        digest?.update(piece.span)
    }

    /// Whether the file need not be read, because the source reports its size, and an ETag that is the MD5 of its
    /// bytes.
    mutating func isAnswered(by information: FileInformation) -> Bool {
        guard isNeeded, !information.isDecoded, let size = information.byteCount else { return false }
        if let hash = resource.hash {
            guard hash.algorithm == "md5", let etag = information.etag.flatMap({ ResourceHash($0) }),
                etag.algorithm == "md5"
            else { return false }
            actual = etag.digits
        }
        byteCount = size
        return true
    }

    consuming func finish(_ findings: inout Findings) {
        guard isNeeded else { return }
        if let expected = resource.byteCount, expected != byteCount {
            findings.add(
                .bytes, location("bytes"), "the size is \(byteCount) bytes, but the descriptor says \(expected)")
        }
        guard let hash = resource.hash else { return }
        let place = location("hash")
        let digits: String
        if let actual {
            digits = actual
        } else if let digest = digest.take() {
            digits = hex(digest.finalize())
        } else {
            return findings.add(
                .hashUnchecked, place,
                "the hash algorithm \(quoted(hash.algorithm)) is not supported: the hash is not checked")
        }
        guard digits != hash.digits else { return }
        findings.add(.hash, place, "the \(hash.algorithm) is \(digits), but the descriptor says \(hash.digits)")
    }

    private func location(_ property: String) -> DescriptorPlace {
        (resource.node[property] ?? resource.node).location(resource: resource.name)
    }
}
