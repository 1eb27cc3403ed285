public import CofferModel

/// A transport that sends requests: one request, one response, with exactly the bytes on the wire.
///
/// The URL and the headers are signed: the path is sent as given, neither normalized nor re-encoded, and no given
/// header is changed. A response's body is not decoded, redirects are not followed, and there are no cookies or caches.
/// ``ClientOptions/transport`` sets a transport to use instead of libcurl.
public protocol HTTPTransport: Sendable {
    /// Sends a request once, and passes its response to a receiver. The client takes care of retries.
    ///
    /// - Throws: ``TransportError``, the errors of the receiver or the body's file, and `CancellationError` if the task
    ///   was cancelled.
    func send(_ request: HTTPRequest, to receiver: any HTTPReceiver) async throws -> HTTPResponseHead
}

/// A receiver of a response, called on a thread of the transport.
public protocol HTTPReceiver: AnyObject, Sendable {
    /// Called once, before the body.
    func begin(_ head: HTTPResponseHead) throws
    /// Called for each piece of the body, in order.
    func receive(_ bytes: Span<UInt8>) throws
    /// Whether the receiver holds more than its reader wants; checked after each piece.
    var isFull: Bool { get }
    /// Called when the receiver is full, before the next piece: blocks the thread until the reader wants more, however
    /// long that takes.
    func waitForRoom()
}

/// The defaults accept every piece at once.
extension HTTPReceiver {
    /// False: every piece is wanted.
    public var isFull: Bool { false }
    /// Returns at once.
    public func waitForRoom() {}
}

/// A signed request that is ready to be sent.
public struct HTTPRequest: Sendable {
    /// The HTTP method.
    public var method: String
    /// The URL as sent: scheme, host, port if it is not the scheme's default, path and query.
    public var url: String
    /// Including `host`, with lower-case names, and without `content-length`, which the transport sets.
    public var headers: HeaderFields
    /// The body, which may be read more than once.
    public var body: HTTPRequestBody
    /// Called with the number of body bytes taken so far, which is lower than before when the body is sent again.
    public var sent: (@Sendable (Int64) -> Void)?

    /// Creates a request.
    public init(
        method: String, url: String, headers: HeaderFields, body: HTTPRequestBody = .none,
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
    /// Whether the request stays on this machine or its link, where no proxy is asked for it.
    var bypassesProxy: Bool {
        Endpoint.isLoopback(host) || host.hasPrefix("169.254.") || host.lowercased().hasPrefix("[fd00:ec2:")
    }

    /// The URL's scheme, host and port, which error messages may show.
    var origin: String { url.prefix { $0 != ":" } + "://" + host }

    /// The host without the port.
    var hostName: Substring { host.hasPrefix("[") ? host.prefix { $0 != "]" }.dropFirst() : host.prefix { $0 != ":" } }

    /// The host with the port, as in the `Host` header.
    var host: String {
        let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        return parts.count > 1 ? String(parts[1].prefix { $0 != "?" }) : ""
    }
}

/// A body of a known length, which can be read again when a request is sent again.
public enum HTTPRequestBody: Sendable {
    /// No body, and no `Content-Length`.
    case none
    /// Bytes in memory.
    case bytes(ArraySlice<UInt8>)
    /// A part of a file.
    case file(FileSlice)

    /// The length in bytes; 0 for no body.
    public var byteCount: Int64 {
        switch self {
        case .none: 0
        case .bytes(let bytes): Int64(bytes.count)
        case .file(let slice): slice.byteCount
        }
    }

    var isFile: Bool { if case .file = self { true } else { false } }

    /// Copies bytes from an offset, as many as exist and fit.
    ///
    /// - Throws: ``FileError``, including for a file that has become shorter.
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

/// The status and header fields of a response.
public struct HTTPResponseHead: Sendable, Hashable, Codable {
    /// The HTTP status.
    public let status: Int
    /// In order, with lower-case names.
    public let headers: HeaderFields

    /// Creates a head, for transports.
    public init(status: Int, headers: HeaderFields) {
        self.status = status
        self.headers = headers
    }

    /// The first value of a header field, whose name is compared without regard to case.
    public subscript(name: String) -> String? { headers[name] }
}
