import CofferCrypto
package import CofferModel

/// A decoder that removes the framing of an aws-chunked body and verifies the signatures of its chunks and trailer.
///
/// A state machine without I/O: feed it pieces of any size in order, then call ``finish()``. The payload is passed on
/// before its chunk's signature can be verified, so nothing made from it may become visible before ``finish()``
/// returns.
package struct ChunkedDecoder: ~Copyable {
    private var signer: ChunkSigner?
    private let hasTrailer: Bool
    private var state = State.line
    private var line: [UInt8] = []
    private var hash = Digest(.sha256)
    private var expectedSignature = ""
    private var isShortSeen = false
    private var trailer: [UInt8] = []

    private enum State {
        /// In the line of a chunk's size and signature.
        case line
        /// In a chunk's bytes, with the number of bytes that remain.
        case data(Int64)
        /// In the line break after a chunk's bytes, at its first or second byte.
        case lineBreak(isSecond: Bool)
        case trailer
    }

    package init(signer: ChunkSigner?, hasTrailer: Bool) {
        self.signer = signer
        self.hasTrailer = hasTrailer
    }

    /// Decodes a piece of the body and passes its payload on.
    ///
    /// - Throws: `IncompleteBody` for invalid framing, `SignatureDoesNotMatch`, `InvalidChunkSizeError`.
    package mutating func decode(_ bytes: Span<UInt8>, into sink: (Span<UInt8>) -> Void) throws(S3Error) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .line:
                try takeLineByte(bytes[index])
                index += 1
            case .data(let rest):
                let count = Int(min(rest, Int64(bytes.count - index)))
                let payload = bytes.extracting(index..<(index + count))
                if signer != nil { hash.update(payload) }
                sink(payload)
                index += count
                state = rest > Int64(count) ? .data(rest - Int64(count)) : .lineBreak(isSecond: false)
            case .lineBreak(let isSecond):
                guard bytes[index] == (isSecond ? 10 : 13) else { throw Self.brokenFraming }
                index += 1
                state = isSecond ? .line : .lineBreak(isSecond: true)
                if isSecond { try verifyChunk() }
            case .trailer:
                guard trailer.count < Limits.chunkLineByteCount else { throw Self.brokenFraming }
                trailer.append(bytes[index])
                index += 1
            }
        }
    }

    /// Ends the body.
    ///
    /// - Returns: the trailing headers, with lower-case names.
    /// - Throws: `IncompleteBody` if the last chunk or the final line break is missing, `MalformedTrailerError`,
    ///   `SignatureDoesNotMatch` for a wrong trailer signature.
    package mutating func finish() throws(S3Error) -> [(name: String, value: String)] {
        guard case .trailer = state, isTrailerEnded else { throw Self.brokenFraming }
        var fields = try parseTrailer()
        guard hasTrailer else {
            guard fields.isEmpty else { throw Self.brokenFraming }
            return []
        }
        guard signer != nil else { return fields }
        guard let last = fields.popLast(), last.name == "x-amz-trailer-signature" else {
            throw S3Error(.malformedTrailer)
        }
        let canonical = fields.map { "\($0.name):\($0.value)\n" }.joined()
        let expected = signer?.signature(trailer: canonical) ?? ""
        guard isEqualInConstantTime(expected, last.value) else {
            throw S3Error(.signatureDoesNotMatch)
        }
        return fields
    }

    /// Whether the body's final empty line, with or without trailing headers before it, was read.
    private var isTrailerEnded: Bool { trailer == [13, 10] || trailer.suffix(3) == [10, 13, 10] }

    // MARK: Steps

    private mutating func takeLineByte(_ byte: UInt8) throws(S3Error) {
        guard line.count < Limits.chunkLineByteCount else { throw Self.brokenFraming }
        line.append(byte)
        guard byte == 10 else { return }
        guard line.count >= 3, line[line.count - 2] == 13 else { throw Self.brokenFraming }
        let text = String(decoding: line.dropLast(2), as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        try begin(chunk: text)
    }

    /// Reads `10000;chunk-signature=…`.
    private mutating func begin(chunk line: String) throws(S3Error) {
        let parts = line.split(at: ";", keepingEmpty: true)
        guard let digits = parts.first, (1...15).contains(digits.utf8.count), digits.allSatisfy(\.isHexDigit),
            let size = Int64(digits, radix: 16)
        else { throw Self.brokenFraming }
        if signer != nil { expectedSignature = try Self.signature(in: parts.dropFirst()) }
        if size > 0 {
            guard !isShortSeen else { throw S3Error(.invalidChunkSize) }
            isShortSeen = size < Int64(Limits.chunkByteCount)
            state = .data(size)
        } else {
            try verifyChunk()
            state = .trailer
        }
    }

    /// Returns the signature from the extensions of a chunk's line.
    private static func signature(in extensions: ArraySlice<Substring>) throws(S3Error) -> String {
        let name = "chunk-signature="
        guard let field = extensions.first(where: { $0.hasPrefix(name) }) else { throw brokenFraming }
        let signature = field.dropFirst(name.count)
        guard signature.utf8.count == 64, signature.allSatisfy(\.isHexDigit) else { throw brokenFraming }
        return signature.lowercased()
    }

    private mutating func verifyChunk() throws(S3Error) {
        guard signer != nil else { return }
        var finished = Digest(.sha256)
        swap(&finished, &hash)
        let signature = signer?.signature(chunkHash: finished.finalize()) ?? ""
        guard isEqualInConstantTime(signature, expectedSignature) else {
            throw S3Error(.signatureDoesNotMatch)
        }
    }

    /// Parses the trailing headers. Lines may end with CR LF, or with LF alone as in AWS's description of the trailer.
    /// Empty lines are ignored, and no name may occur twice.
    private func parseTrailer() throws(S3Error) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        for line in trailer.split(separator: 10) {
            let text = String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
            if text.isEmpty { continue }
            let parts = text.split(at: ":", maxSplits: 1, keepingEmpty: true)
            let name = parts[0].lowercased()
            guard parts.count == 2, !fields.contains(where: { $0.name == name }) else {
                throw hasTrailer ? S3Error(.malformedTrailer) : Self.brokenFraming
            }
            fields.append((name, CanonicalRequest.folded(String(parts[1]))))
        }
        return fields
    }

    private static var brokenFraming: S3Error {
        S3Error(.incompleteBody, "The request body terminated unexpectedly")
    }
}
