/// What sends requests: one request, one answer, whose bytes are exactly those on the wire.
///
/// The URL and the headers are signed: the path is sent as it is given, not folded or encoded anew, and no header is
/// changed that stands there. An answer's body is not decoded, redirects are not followed, cookies and caches are not
/// kept. ``S3Client/Options/transport`` takes one in libcurl's place.
public protocol HTTPTransport: Sendable {
    /// Sends a request once, and hands its answer to a receiver. The client does what is to be done again.
    ///
    /// - Throws: ``TransportError``, what the receiver or the body's file throws, and `CancellationError` if the task was
    ///   cancelled.
    func send(_ request: HTTPRequest, to receiver: any HTTPReceiver) async throws -> HTTPResponseHead
}

/// Takes an answer in, on a thread of the transport's.
public protocol HTTPReceiver: AnyObject, Sendable {
    /// Called once, before the body.
    func begin(_ head: HTTPResponseHead) throws
    /// Called for each piece of the body, in order.
    func receive(_ bytes: Span<UInt8>) throws
    /// Whether it has more than its reader wants; asked after each piece.
    var isFull: Bool { get }
    /// Called then, before the next piece: holds the thread up until the reader wants more, however long that is.
    func waitForRoom()
}

/// Takes everything at once.
extension HTTPReceiver {
    public var isFull: Bool { false }
    public func waitForRoom() {}
}

/// A request that is signed and ready to be sent.
public struct HTTPRequest: Sendable {
    public var method: String
    /// As it goes on the wire: scheme, host, port if it is not the scheme's own, path, query.
    public var url: String
    /// With `host`, with lower-case names, and without `content-length`, which the transport tells.
    public var headers: [(name: String, value: String)]
    public var body: HTTPRequestBody
    /// Told how many bytes of the body were taken to be sent; fewer than before when it is sent again.
    public var sent: (@Sendable (Int64) -> Void)?

    public init(
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

extension HTTPRequest {
    /// Whether it stays on this machine.
    var isToLoopback: Bool { Endpoint.isLoopback(host) }

    /// The URL's scheme, host and port, which may be told.
    var origin: String { url.prefix { $0 != ":" } + "://" + host }

    /// Without the port.
    var hostName: Substring { host.hasPrefix("[") ? host.prefix { $0 != "]" }.dropFirst() : host.prefix { $0 != ":" } }

    private var host: Substring {
        let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        return parts.count > 1 ? parts[1].prefix { $0 != "?" } : ""
    }
}

/// A body of a length that is known, which can be read again when a request is sent again.
public enum HTTPRequestBody: Sendable {
    /// No body, and no `Content-Length`.
    case none
    case bytes(ArraySlice<UInt8>)
    case file(FileSlice)

    public var byteCount: Int64 {
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
    public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
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

/// The beginning of an answer.
public struct HTTPResponseHead: Sendable {
    public let status: Int
    /// In their order, with lower-case names.
    public let headers: [(name: String, value: String)]

    public init(status: Int, headers: [(name: String, value: String)]) {
        self.status = status
        self.headers = headers
    }

    /// The first value of a header.
    ///
    /// - Parameter name: in lower case.
    public subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
}
