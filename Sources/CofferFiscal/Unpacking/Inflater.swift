import CZlib

/// Unpacks deflated bytes piece by piece, within ``UnpackingLimits``.
///
/// Source: RFC 1950 (zlib), RFC 1951 (deflate), RFC 1952 (gzip).
final class Inflater {
    private let format: Format
    private let stream: UnsafeMutablePointer<z_stream>
    private var isOpen = false
    private var input: [UInt8] = []
    private var position = 0
    private var state = State.beginning
    private var readCount: Int64 = 0
    private(set) var unpackedCount: Int64 = 0

    enum Format {
        /// One or more members, one after another.
        case gzip
        /// The `deflate` coding of HTTP: the zlib format, or raw deflate from servers that took the name literally.
        case deflate
        /// Without a header or trailer, as in archives.
        case raw
    }

    private enum State {
        case beginning, inMember
        /// A member has ended; another one may follow.
        case betweenMembers
        case ended
    }

    /// The maximum size of the output of one step.
    private static let pieceByteCount = 256 << 10

    init(_ format: Format) {
        self.format = format
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if isOpen { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Whether everything is unpacked and no more bytes are expected.
    var isAtEnd: Bool { state == .ended }

    /// Appends the next bytes to those not yet used.
    func append(_ bytes: [UInt8]) {
        input = position < input.count ? Array(input[position...]) + bytes : bytes
        position = 0
        readCount += Int64(bytes.count)
    }

    /// Returns the next unpacked bytes; nil if more input is needed first.
    func next() throws(SourceError) -> [UInt8]? {
        while true {
            guard try begin(), position < input.count else { return nil }
            let piece = try step()
            unpackedCount += Int64(piece.count)
            try UnpackingLimits.check(read: readCount, unpacked: unpackedCount)
            if !piece.isEmpty { return piece }
        }
    }

    /// Marks the end of the input.
    ///
    /// - Throws: ``SourceError/damaged(_:)`` if more bytes were expected.
    func finish() throws(SourceError) {
        switch state {
        case .ended, .betweenMembers: return
        case .beginning where readCount == 0 && format != .raw: return
        case .beginning, .inMember: throw .damaged("it ends before the compressed data is complete")
        }
    }

    /// - Returns: whether there is input to unpack.
    private func begin() throws(SourceError) -> Bool {
        switch state {
        case .inMember: return true
        case .ended: return false
        case .betweenMembers:
            // Files from tapes are padded with zeros.
            while position < input.count, input[position] == 0 { position += 1 }
            guard position < input.count else { return false }
            guard input[position] == 0x1F, inflateReset(stream) == Z_OK else {
                throw .damaged("other data follows the compressed data")
            }
            state = .inMember
            return true
        case .beginning:
            guard input.count >= 2 || format == .raw else { return false }
            guard coffer_inflate_init(stream, windowBits) == Z_OK else {
                throw .failed("there is not enough memory to unpack it")
            }
            isOpen = true
            state = .inMember
            return true
        }
    }

    private var windowBits: Int32 {
        switch format {
        case .gzip: 15 + 16
        case .raw: -15
        case .deflate: input[0] & 0x0F == 8 && (Int(input[0]) << 8 | Int(input[1])) % 31 == 0 ? 15 : -15
        }
    }

    private func step() throws(SourceError) -> [UInt8] {
        var status = Z_OK
        let start = position
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceByteCount) { output, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.pointee.next_in = input.baseAddress?.advanced(by: start)
                stream.pointee.avail_in = UInt32(clamping: input.count - start)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                let given = stream.pointee.avail_in
                status = inflate(stream, Z_NO_FLUSH)
                position = start + Int(given - stream.pointee.avail_in)
                count = output.count - Int(stream.pointee.avail_out)
            }
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
        }
        switch status {
        case Z_STREAM_END: state = format == .gzip ? .betweenMembers : .ended
        case Z_OK: break
        // No progress was possible: more input is needed.
        case Z_BUF_ERROR where piece.isEmpty && position == input.count: break
        case Z_MEM_ERROR: throw .failed("there is not enough memory to unpack it")
        default: throw .damaged(fault)
        }
        return piece
    }

    private var fault: String {
        let text = stream.pointee.msg.map { String(cString: $0) } ?? "the compressed data is damaged"
        return text == "incorrect header check" ? "it does not begin like a compressed file" : text
    }
}
