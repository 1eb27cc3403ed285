import CMicrohttpd

/// A response body that libmicrohttpd requests piece by piece, retained until the response has been sent or the client
/// has gone.
final class ResponseBodyReader {
    /// Fills the beginning of a buffer. Returns the number of bytes, 0 with the connection suspended, or one of the
    /// values that end a body.
    typealias Read = (UnsafeMutableRawBufferPointer) -> Int

    private let read: Read

    private init(_ read: @escaping Read) { self.read = read }

    /// - Parameter count: the length of the complete body; nil if it is not known.
    /// - Parameter blockByteCount: the size of the buffer, which stays in memory while the body is sent.
    static func makeResponse(count: Int64?, blockByteCount: Int, _ read: @escaping Read) -> OpaquePointer? {
        let reader = Unmanaged.passRetained(ResponseBodyReader(read))
        let response = MHD_create_response_from_callback(
            count.map { UInt64($0) } ?? coffer_size_unknown, blockByteCount,
            { reader, _, bytes, count in
                guard let reader, let bytes else { return coffer_reader_failed }
                return Unmanaged<ResponseBodyReader>.fromOpaque(reader).takeUnretainedValue()
                    .read(UnsafeMutableRawBufferPointer(start: bytes, count: count))
            }, reader.toOpaque(),
            { reader in
                if let reader { Unmanaged<ResponseBodyReader>.fromOpaque(reader).release() }
            })
        if response == nil { reader.release() }
        return response
    }
}
