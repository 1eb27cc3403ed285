import CofferCrypto
package import CofferModel
import CofferSigning

/// The digests of a request's body that let the service verify it, computed in one pass over the bytes.
package struct BodyDigest: Sendable {
    package var checksum: Checksum?
    /// In hexadecimal, for the signature.
    package var sha256: String?

    /// The bytes of a file that are read at once; they stay in a core's cache until they are digested.
    private static let pieceByteCount = 128 << 10

    /// Returns the digests of a body; reading it may block.
    ///
    /// - Throws: ``FileError``.
    static func of(
        _ body: HTTPRequestBody, checksum algorithm: ChecksumAlgorithm?, sha256: Bool
    ) throws(FileError) -> BodyDigest {
        var running: RunningChecksum?
        if let algorithm { running = RunningChecksum(algorithm) }
        var digest = sha256 ? Digest(.sha256) : nil
        try body.forEachPiece(of: pieceByteCount) { piece in
            running?.update(piece)
            digest?.update(piece)
        }
        var result = BodyDigest()
        if let algorithm, let value = running.take()?.finalize() {
            result.checksum = Checksum(algorithm: algorithm, value: base64(value))
        }
        if let value = digest.take()?.finalize() { result.sha256 = hex(value) }
        return result
    }
}

extension HTTPRequestBody {
    /// Passes the bytes on in order; those in memory are passed all at once.
    fileprivate func forEachPiece(of byteCount: Int, _ take: (Span<UInt8>) -> Void) throws(FileError) {
        switch self {
        case .none: break
        case .bytes(let bytes): take(bytes.span)
        case .file(let slice):
            let piece = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: byteCount)
            defer { piece.deallocate() }
            var offset: Int64 = 0
            while offset < slice.byteCount {
                let count = Int(min(Int64(byteCount), slice.byteCount - offset))
                let part = UnsafeMutableBufferPointer(rebasing: piece[..<count])
                try slice.file.read(into: UnsafeMutableRawBufferPointer(part), at: slice.offset + offset)
                take(part.span)
                offset += Int64(count)
            }
        }
    }
}
