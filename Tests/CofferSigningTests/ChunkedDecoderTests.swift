import CofferCrypto
import CofferModel
import CofferSigning
import Testing

struct ChunkedDecoderTests {
    private static let pieceLengths = [1, 2, 3, 7, 64, 1000, 8191, 8192, 100_000]
    private static let large = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test(arguments: pieceLengths)
    func `An unsigned body is decoded in pieces of any size`(pieceLength: Int) throws {
        let chunks = [String(repeating: "Hello, ", count: 2000), String(repeating: "x", count: 8192), "world"]
        let body = ChunkedBody.unsigned(chunks, trailer: "x-amz-checksum-crc32:AAAAAA==\r\n")
        let decoded = try ChunkedBody.decode(body, signer: nil, hasTrailer: true, pieceLength: pieceLength)
        #expect(decoded.payload == Array(chunks.joined().utf8))
        #expect(decoded.trailer == ["x-amz-checksum-crc32:AAAAAA=="])
    }

    @Test(arguments: pieceLengths)
    func `A signed body is decoded in pieces of any size`(pieceLength: Int) throws {
        let chunks = [Array(Self.large[..<8192]), Array(Self.large[8192..<16_384]), Array(Self.large[16_384...])]
        let body = ChunkedBody.signed(chunks, trailer: "x-amz-checksum-crc32:AAAAAA==")
        let decoded = try ChunkedBody.decode(
            body, signer: ChunkedBody.signer, hasTrailer: true, pieceLength: pieceLength)
        #expect(decoded.payload == Self.large)
        #expect(decoded.trailer == ["x-amz-checksum-crc32:AAAAAA=="])
    }

    @Test func `An empty body is nothing but the last chunk`() throws {
        #expect(try ChunkedBody.decode(ChunkedBody.signed([]), signer: ChunkedBody.signer).payload == [])
        #expect(try ChunkedBody.decode(ChunkedBody.unsigned([]), signer: nil).payload == [])
    }

    @Test(
        arguments: [
            ("a:1\r\n", ["a:1"]), ("a:1\n", ["a:1"]), ("A-B: 1 \r\nc:2\r\n", ["a-b:1", "c:2"]), ("a:\r\n", ["a:"]),
            ("a:b:c\r\n", ["a:b:c"]), ("", []),
        ] as [(String, [String])])
    func `Trailing lines are fields with lower-case names`(trailer: String, fields: [String]) throws {
        let body = ChunkedBody.unsigned(["x"], trailer: trailer)
        #expect(try ChunkedBody.decode(body, signer: nil, hasTrailer: true).trailer == fields)
    }

    @Test(arguments: [
        "", "\r\n", "5", "5\r", "5\r\n", "5\r\nhel", "5\r\nhello", "5\r\nhello\r", "5\r\nhello\r\n", "5\r\nhello\r\n0",
        "5\r\nhello\r\n0\r", "5\r\nhello\r\n0\r\n", "5\r\nhello\r\n0\r\n\r", "0\r\n",
    ])
    func `A body that ends before the line break behind its last chunk is IncompleteBody`(body: String) {
        for hasTrailer in [false, true] {
            expect(.incompleteBody, Array(body.utf8), signer: nil, hasTrailer: hasTrailer)
        }
    }

    @Test(arguments: ["a:1", "a:1\r", "a:1\r\n", "a:1\n", "a:1\r\n\r", "a:1\n\n", "\n"])
    func `A trailer without an empty line behind it is IncompleteBody`(trailer: String) {
        expect(.incompleteBody, Array("5\r\nhello\r\n0\r\n\(trailer)".utf8), signer: nil, hasTrailer: true)
    }

    @Test(arguments: ["a\r\n", "a:1\r\nb\r\n", "a:1\r\na:1\r\n", "a:1\r\nA:2\r\n"])
    func `A trailer that is not of fields with names of their own is MalformedTrailerError`(trailer: String) {
        expect(.malformedTrailer, ChunkedBody.unsigned(["x"], trailer: trailer), signer: nil, hasTrailer: true)
    }

    @Test(arguments: [
        "hello", "g\r\n0\r\n\r\n", "-1\r\n", "+5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n", "5\r\nhell\r\n0\r\n\r\n", "4\r\nhello\r\n0\r\n\r\n", ";a=b\r\n0\r\n\r\n",
        "\r\n5\r\nhello\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFF\r\nx", "10000000000000000\r\nx", "５\r\nhello\r\n0\r\n\r\n",
        "0\r\n\r\nmore", "0\r\na:1\r\n\r\n", "5\r\nhello\r\n0\r\n0\r\n\r\n",
    ])
    func `Framing that is broken is IncompleteBody`(body: String) {
        for pieceLength in [1, 1000] {
            expect(.incompleteBody, Array(body.utf8), signer: nil, pieceLength: pieceLength)
        }
    }

    @Test func `A chunk extension other than the signature is passed over`() throws {
        let body = Array("5;name=value;more\r\nhello\r\n0;last\r\n\r\n".utf8)
        #expect(try ChunkedBody.decode(body, signer: nil).payload == Array("hello".utf8))
    }

    @Test(arguments: [1, 1000])
    func `Lines and trailers without an end are cut off at 4 KiB`(pieceLength: Int) {
        let endless = [UInt8](repeating: UInt8(ascii: "a"), count: 5000)
        expect(.incompleteBody, Array("5;".utf8) + endless, signer: nil, pieceLength: pieceLength)
        expect(
            .incompleteBody, Array("0\r\na:".utf8) + endless, signer: nil, hasTrailer: true, pieceLength: pieceLength)
    }

    @Test func `Chunks of less than 8 KiB are refused unless they are the last`() throws {
        let (short, whole) = (Array(Self.large[..<8191]), Array(Self.large[..<8192]))
        for good in [[whole, short], [whole, whole], [short], [[1]]] {
            #expect(
                try ChunkedBody.decode(ChunkedBody.signed(good), signer: ChunkedBody.signer).payload
                    == good.flatMap { $0 })
        }
        for bad in [[short, whole], [short, short], [[1], [2]], [whole, short, whole]] {
            expect(.invalidChunkSize, ChunkedBody.signed(bad), signer: ChunkedBody.signer)
        }
        expect(.invalidChunkSize, ChunkedBody.unsigned(["a", "b"]), signer: nil)
    }

    @Test func `A chunk without signature does not pass a verifier`() {
        expect(.incompleteBody, ChunkedBody.unsigned(["hello"]), signer: ChunkedBody.signer)
        expect(.incompleteBody, ChunkedBody.unsigned([]), signer: ChunkedBody.signer)
    }

    @Test(arguments: ["", "0", String(repeating: "0", count: 63), String(repeating: "g", count: 64)])
    func `What is no signature breaks the line of a chunk`(signature: String) {
        let body = Array("0;chunk-signature=\(signature)\r\n\r\n".utf8)
        expect(.incompleteBody, body, signer: ChunkedBody.signer)
    }

    @Test func `A signed trailer needs its signature`() {
        let body = ChunkedBody.signed([[1]])
        expect(.malformedTrailer, body, signer: ChunkedBody.signer, hasTrailer: true)
        let unsigned = Array(body.dropLast(2)) + Array("x-amz-checksum-crc32:AAAAAA==\r\n\r\n".utf8)
        expect(.malformedTrailer, unsigned, signer: ChunkedBody.signer, hasTrailer: true)
    }

    @Test func `Chunks in another order, doubled or missing do not pass`() {
        let halves = [Array(Self.large[..<8192]), Array(Self.large[8192..<16_384])]
        let body = ChunkedBody.signed(halves)
        let frame = 8192 + "2000;chunk-signature=".utf8.count + 64 + 4
        let (first, second, last) = (body[..<frame], body[frame..<(2 * frame)], body[(2 * frame)...])
        for spoilt in [
            second + first + last, first + first + last, first + last, second + last, first + second + first + last,
        ] {
            expect(.signatureDoesNotMatch, Array(spoilt), signer: ChunkedBody.signer)
        }
        expect(.incompleteBody, Array(first + second), signer: ChunkedBody.signer)
    }

    @Test func `No single changed byte alters what is accepted`() throws {
        let payload = Array("The quick brown fox".utf8)
        let body = ChunkedBody.signed([payload], trailer: "x-amz-checksum-crc32:AAAAAA==")
        var refused = 0
        for index in body.indices {
            for change in [UInt8(1), 0x20, 0x80] {
                var changed = body
                changed[index] ^= change
                do throws(S3Error) {
                    let decoded = try ChunkedBody.decode(changed, signer: ChunkedBody.signer, hasTrailer: true)
                    #expect(decoded.payload == payload, "byte \(index) ^ \(change)")
                    #expect(decoded.trailer == ["x-amz-checksum-crc32:AAAAAA=="], "byte \(index) ^ \(change)")
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > body.count * 2)
    }

    private func expect(
        _ code: S3Error.Code, _ body: [UInt8], signer: ChunkSigner?, hasTrailer: Bool = false,
        pieceLength: Int = 1 << 20,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: S3Error.self, sourceLocation: sourceLocation) {
            try ChunkedBody.decode(body, signer: signer, hasTrailer: hasTrailer, pieceLength: pieceLength)
        }
        #expect(error?.code == code, sourceLocation: sourceLocation)
    }
}
