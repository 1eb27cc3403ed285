/// What sends requests: one request, one answer, whose bytes are exactly those on the wire.
///
/// An answer's body is not decoded, redirects are not followed, and the URL's path is sent as it is given.
package protocol HTTPTransport: Sendable {
    /// Sends a request and hands its answer to a receiver.
    ///
    /// - Throws: ``TransportError``, what the receiver or the body's file throws, and `CancellationError`.
    func send(_ request: HTTPRequest, to receiver: any HTTPReceiver) async throws -> HTTPResponseHead
}

/// Takes an answer in, on the transport's own thread, which it may block.
package protocol HTTPReceiver: AnyObject, Sendable {
    /// Called once, before the body.
    func begin(_ head: HTTPResponseHead) throws
    func receive(_ bytes: Span<UInt8>) throws
}

package struct HTTPRequest: Sendable {
    package var method: String
    /// As it goes on the wire: scheme, host, port if it is not the scheme's own, path, query.
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: HTTPRequestBody
    /// Told how many bytes of the body were taken to be sent; fewer than before when it is sent again.
    package var sent: (@Sendable (Int64) -> Void)?

    package init(
        method: String, url: String, headers: [(name: String, value: String)], body: HTTPRequestBody = .none,
        sent: (@Sendable (Int64) -> Void)? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.sent = sent
    }
}

/// A body of a length that is known, which can be read again when a request is sent again.
package enum HTTPRequestBody: Sendable {
    /// No body, and no `Content-Length`.
    case none
    case bytes(ArraySlice<UInt8>)
    case file(FileSlice)

    package var byteCount: Int64 {
        switch self {
        case .none: 0
        case .bytes(let bytes): Int64(bytes.count)
        case .file(let slice): slice.byteCount
        }
    }

    var isFile: Bool { if case .file = self { true } else { false } }

    /// Copies bytes from an offset; as many as there are, and as fit.
    ///
    /// - Throws: ``FileError``, also where a file has become shorter than it was.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
        let count = Int(min(Int64(buffer.count), byteCount - offset))
        guard count > 0 else { return 0 }
        switch self {
        case .none: return 0
        case .bytes(let bytes):
            bytes.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)...].prefix(count)))
            }
            return count
        case .file(let slice):
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            try slice.file.read(into: part, at: slice.offset + offset)
            return count
        }
    }
}

package struct HTTPResponseHead: Sendable {
    package let status: Int
    /// In their order, with lower-case names.
    package let headers: [(name: String, value: String)]

    package init(status: Int, headers: [(name: String, value: String)]) {
        self.status = status
        self.headers = headers
    }

    /// The first value of a header.
    ///
    /// - Parameter name: in lower case.
    package subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
}
