import CofferModel

/// Reads a service's response.
///
/// - Throws: ``TransportError`` for a malformed document: that is not the caller's fault, as the readers' `S3Error`s,
///   which were made for requests, would say.
func reading<Value>(_ what: String, _ read: () throws(S3Error) -> Value) throws(TransportError) -> Value {
    do throws(S3Error) {
        return try read()
    } catch {
        throw TransportError(.badResponse, "the service's response is not a valid \(what): \(error)")
    }
}

extension XMLElement {
    /// Returns the document of a response; nil for anything else. White space may precede it: services send it while
    /// they are working.
    ///
    /// - Parameter root: the name that the root must have; nil for any.
    static func answered(_ body: [UInt8], root: String? = nil) -> XMLElement? {
        let element = read(Array(body.drop { $0 == 32 || (9...13).contains($0) }))
        return root == nil || element?.name == root ? element : nil
    }

    /// Returns the text of a child; nil if it is missing or empty.
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

    /// Returns a key or prefix, which is percent-encoded in listings that request it.
    ///
    /// - Parameter isEncoded: whether the listing says that it is encoded.
    /// - Throws: ``TransportError`` for one that is missing or cannot be decoded: that does not mean that there is no
    ///   object.
    func keyBytes(_ name: String, isEncoded: Bool) throws(TransportError) -> [UInt8] {
        guard let text = self[name]?.text,
            let bytes = isEncoded ? PercentEncoding.decode(text, plusIsSpace: true) : Array(text.utf8)
        else { throw TransportError(.badResponse, "the service's listing has no \(name), or an invalid one") }
        return bytes
    }

    /// Returns the size of an object in a listing.
    ///
    /// - Throws: ``TransportError`` for a missing or invalid size: that does not mean that the object is empty.
    func size() throws(TransportError) -> Int64 {
        guard let size = number("Size"), size >= 0 else {
            throw TransportError(.badResponse, "the service's listing has an object without a size")
        }
        return size
    }

    /// Returns where a listing continues; nil if it is complete.
    ///
    /// - Parameter previous: where this page began.
    /// - Throws: ``TransportError`` for a truncated listing that does not say where it continues, or that repeats
    ///   itself.
    func marker(_ name: String, after previous: String? = nil) throws(TransportError) -> String? {
        guard isTrue("IsTruncated") else { return nil }
        guard let marker = text(name), marker != previous else {
            throw TransportError(.badResponse, "the service's listing is truncated without a marker to continue at")
        }
        return marker
    }

    var isURLEncoded: Bool { self["EncodingType"]?.text == "url" }
}
