import CMicrohttpd

extension HTTPResponse {
    /// The complete response, for sending as the last one of its connection; empty unless its body is in memory.
    var lastBytes: [UInt8] {
        guard case .bytes(let body) = body else { return [] }
        let reason = MHD_get_reason_phrase_for(UInt32(status)).map { String(cString: $0) } ?? ""
        let fields = headers + [("Connection", "close"), ("Content-Length", String(body.count))]
        let lines = ["HTTP/1.1 \(status) \(reason)"] + fields.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }
}

extension HTTPBody {
    /// The size of the blocks in which a stream is read; each stream being sent keeps one in memory. Larger ones were
    /// measured to be no faster.
    private static let streamBlockByteCount: Int64 = 128 << 10

    /// Returns the body as a libmicrohttpd response without status and fields, which the caller must destroy.
    ///
    /// - Parameter isSecure: whether the connection is encrypted.
    func makeResponse(
        for connection: OpaquePointer, on executor: RequestExecutor, isSecure: Bool
    ) -> OpaquePointer? {
        switch self {
        case .bytes(let bytes):
            return HeldBytes.makeResponse(bytes)
        case .stream(let stream, let count):
            if !isSecure, let pieces = stream.mapped { return MappedBody.makeResponse(pieces) }
            let blockByteCount = Int(min(max(count, 1), Self.streamBlockByteCount))
            let reader = StreamReader(stream, connection: connection, executor: executor)
            return ResponseBodyReader.makeResponse(count: count, blockByteCount: blockByteCount, reader.read)
        case .length(let count):
            // For HEAD libmicrohttpd sends the length and never asks for the bytes.
            return ResponseBodyReader.makeResponse(count: count, blockByteCount: 1) { _ in coffer_reader_failed }
        }
    }
}

/// A body in memory, retained until the response has been sent or the client has gone.
private final class HeldBytes {
    private let bytes: [UInt8]

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func makeResponse(_ bytes: [UInt8]) -> OpaquePointer? {
        guard !bytes.isEmpty else { return MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT) }
        let body = Unmanaged.passRetained(HeldBytes(bytes))
        // An array that is not changed keeps its elements where they are.
        let start = bytes.withUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress) }
        let response = MHD_create_response_from_buffer_with_free_callback_cls(
            bytes.count, start,
            { body in
                if let body { Unmanaged<HeldBytes>.fromOpaque(body).release() }
            }, body.toOpaque())
        if response == nil { body.release() }
        return response
    }
}

/// A stream that is being sent. Used only in libmicrohttpd's calls for its connection, and by the work that they await.
private final class StreamReader: @unchecked Sendable {
    private let stream: any HTTPBodyStream
    private let connection: OpaquePointer
    private let executor: RequestExecutor
    private var isExhausted = false

    init(_ stream: any HTTPBodyStream, connection: OpaquePointer, executor: RequestExecutor) {
        self.stream = stream
        self.connection = connection
        self.executor = executor
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while !isExhausted {
            guard let count = stream.read(into: buffer) else { break }
            precondition(count <= buffer.count, "a stream writes no more bytes than the buffer holds")
            if count > 0 { return count }
            let isDone = AwaitedWork.run(for: connection, on: executor) {
                self.isExhausted = await !self.stream.advance()
            }
            // Suspended: libmicrohttpd asks again afterwards.
            guard isDone else { return 0 }
        }
        return coffer_reader_failed
    }
}
