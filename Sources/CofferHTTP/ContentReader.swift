import CMicrohttpd

/// A body that libmicrohttpd asks for piece by piece, held by it until the answer was sent or the client went away.
final class ContentReader {
    /// Fills the beginning of a buffer; returns how many bytes, or 0 with the connection suspended, or one of the values
    /// that end a body.
    typealias Read = (UnsafeMutableRawBufferPointer) -> Int

    private let read: Read

    private init(_ read: @escaping Read) { self.read = read }

    /// - Parameter count: of the whole body; nil if it is not known.
    /// - Parameter blockByteCount: the buffer's size, and what is kept in memory meanwhile.
    static func makeResponse(count: Int64?, blockByteCount: Int, _ read: @escaping Read) -> OpaquePointer? {
        let reader = Unmanaged.passRetained(ContentReader(read))
        let response = MHD_create_response_from_callback(
            count.map { UInt64($0) } ?? coffer_size_unknown, blockByteCount,
            { reader, _, bytes, count in
                guard let reader, let bytes else { return coffer_reader_failed }
                return Unmanaged<ContentReader>.fromOpaque(reader).takeUnretainedValue()
                    .read(UnsafeMutableRawBufferPointer(start: bytes, count: count))
            }, reader.toOpaque(),
            { reader in
                if let reader { Unmanaged<ContentReader>.fromOpaque(reader).release() }
            })
        if response == nil { reader.release() }
        return response
    }
}
