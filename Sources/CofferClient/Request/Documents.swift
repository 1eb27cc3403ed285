import CofferCrypto
import CofferModel

extension S3Client {
    /// Sends a document as the configuration of a bucket or object.
    ///
    /// Its MD5 goes with it: some documents need a checksum, and this is the one that every service knows.
    @discardableResult
    func put(
        _ document: [UInt8], _ resource: String, _ bucket: BucketName, _ key: ObjectKey? = nil,
        version: VersionID? = nil, headers: [(name: String, value: String)] = []
    ) async throws -> HTTPResponseHead {
        var call = S3Call("PUT", bucket, key, query: [(resource, nil)], headers: headers, body: .bytes(document[...]))
        call.add(query: "versionId", version?.description)
        call.addContentMD5()
        call.add("content-type", "application/xml")
        return try await send(call).head
    }

    /// Gets the configuration of a bucket or object.
    func get(
        _ resource: String, _ bucket: BucketName, _ key: ObjectKey? = nil, version: VersionID? = nil
    ) async throws -> [UInt8] {
        try await send(getting(resource, bucket, key, version)).body
    }

    /// Gets a configuration that has no type of its own.
    func getElement(
        _ resource: String, _ bucket: BucketName, _ key: ObjectKey? = nil, version: VersionID? = nil
    ) async throws -> XMLElement {
        try await document(getting(resource, bucket, key, version)).0
    }

    private func getting(
        _ resource: String, _ bucket: BucketName, _ key: ObjectKey?, _ version: VersionID?
    ) -> S3Call {
        var call = S3Call("GET", bucket, key, query: [(resource, nil)])
        call.add(query: "versionId", version?.description)
        return call
    }

    func delete(
        _ resource: String, _ bucket: BucketName, _ key: ObjectKey? = nil, version: VersionID? = nil
    ) async throws {
        var call = S3Call("DELETE", bucket, key, query: [(resource, nil)])
        call.add(query: "versionId", version?.description)
        _ = try await send(call)
    }
}

extension S3Call {
    /// The MD5 of a document in memory.
    mutating func addContentMD5() {
        guard case .bytes(let bytes) = body else { return }
        add("content-md5", base64(Digest.of(Array(bytes), .md5)))
    }
}

/// Reads what a service answered.
///
/// - Throws: ``TransportError`` for a document that is not of the shape it must have: it is not the caller's fault, as the
///   `S3Error`s of the readers have it, which were made for requests.
func reading<Value>(_ what: String, _ read: () throws(S3Error) -> Value) throws(TransportError) -> Value {
    do throws(S3Error) {
        return try read()
    } catch {
        throw TransportError(.badAnswer, "the service's answer is not a valid \(what): \(error)")
    }
}

extension XMLElement {
    /// The document of an answer; nil for anything else. White space may stand before it: services send it while they
    /// are at work.
    ///
    /// - Parameter root: the name that the root must have; nil for any.
    static func answered(_ body: [UInt8], root: String? = nil) -> XMLElement? {
        let element = read(Array(body.drop { $0 == 32 || (9...13).contains($0) }))
        return root == nil || element?.name == root ? element : nil
    }

    /// The text of a child, or none where it is missing or empty.
    func text(_ name: String) -> String? {
        self[name].flatMap { $0.text.isEmpty ? nil : $0.text }
    }

    func number(_ name: String) -> Int64? { self[name].flatMap { Int64($0.text) } }
    func isTrue(_ name: String) -> Bool { self[name]?.text == "true" }
    func time(_ name: String) -> Timestamp? { self[name].flatMap { Timestamp(parsing: $0.text) } }

    /// The checksums among the children.
    var checksums: [Checksum] {
        ChecksumAlgorithm.allCases.compactMap { algorithm in
            text(algorithm.element).map { Checksum(algorithm: algorithm, value: $0) }
        }
    }

    /// A key or prefix, which is percent-encoded in the listings that ask for it.
    ///
    /// - Parameter isEncoded: whether the listing says so of itself.
    /// - Throws: ``TransportError`` for one that is missing or cannot be decoded: it is no object that is not there.
    func keyBytes(_ name: String, isEncoded: Bool) throws(TransportError) -> [UInt8] {
        guard let text = self[name]?.text,
            let bytes = isEncoded ? PercentEncoding.decode(text, plusIsSpace: true) : Array(text.utf8)
        else { throw TransportError(.badAnswer, "the service's listing has a \(name) that cannot be read") }
        return bytes
    }

    /// The length of an object of a listing.
    ///
    /// - Throws: ``TransportError`` for one that is missing or none: the object is not empty.
    func size() throws(TransportError) -> Int64 {
        guard let size = number("Size"), size >= 0 else {
            throw TransportError(.badAnswer, "the service's listing has an object without a size")
        }
        return size
    }

    /// Where a listing goes on; nil if it is complete.
    ///
    /// - Parameter previous: where this page began.
    /// - Throws: ``TransportError`` for one that is not, and does not tell or leads nowhere.
    func marker(_ name: String, after previous: String? = nil) throws(TransportError) -> String? {
        guard isTrue("IsTruncated") else { return nil }
        guard let marker = text(name), marker != previous else {
            throw TransportError(.badAnswer, "the service's listing is truncated and does not say where it continues")
        }
        return marker
    }

    var isURLEncoded: Bool { self["EncodingType"]?.text == "url" }
}
