import CofferCrypto
import CofferModel
import CofferSigning

/// Makes aws-chunked bodies and takes them apart, in pieces.
enum ChunkedBody {
    static var signer: ChunkSigner {
        Example.signer.chunkSigner(seedSignature: String(repeating: "0", count: 64), at: Example.time)
    }

    /// A signed body: the chunks, the last one of no bytes, and a signed trailer if there is one.
    static func signed(_ chunks: [[UInt8]], trailer: String? = nil) -> [UInt8] {
        var signer = signer
        var body: [UInt8] = []
        for chunk in chunks + [[]] {
            let signature = signer.signature(chunkHash: Digest.of(chunk, .sha256))
            body += Array("\(String(chunk.count, radix: 16));chunk-signature=\(signature)\r\n".utf8) + chunk
            if !chunk.isEmpty { body += [13, 10] }
        }
        if let trailer {
            body += Array("\(trailer)\r\nx-amz-trailer-signature:\(signer.signature(trailer: "\(trailer)\n"))\r\n".utf8)
        }
        return body + [13, 10]
    }

    /// An unsigned body: the chunks, the last one of no bytes, and trailing lines.
    static func unsigned(_ chunks: [String], trailer: String = "") -> [UInt8] {
        let text = chunks.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
        return Array("\(text)0\r\n\(trailer)\r\n".utf8)
    }

    static func decode(
        _ body: [UInt8], signer: ChunkSigner?, hasTrailer: Bool = false, pieceLength: Int = 1 << 20
    ) throws(S3Error) -> (payload: [UInt8], trailer: [String]) {
        var decoder = ChunkedDecoder(signer: signer, hasTrailer: hasTrailer)
        var payload: [UInt8] = []
        var start = 0
        while start < body.count {
            let end = min(start + pieceLength, body.count)
            try decoder.decode(body.span.extracting(start..<end)) { piece in
                piece.withUnsafeBufferPointer { payload.append(contentsOf: $0) }
            }
            start = end
        }
        return (payload, try decoder.finish().map { "\($0.name):\($0.value)" })
    }
}
