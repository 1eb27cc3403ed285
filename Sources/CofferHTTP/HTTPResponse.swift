import Glibc
import Synchronization

/// An answer: status, header fields in their order, and a body.
///
/// `Date`, `Content-Length` and `Connection` are added by the server.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: HTTPBody
    /// Something about the answer for the handler's log, which is not sent.
    package var note: String?

    package init(status: Int, headers: [(name: String, value: String)] = [], body: HTTPBody = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

package enum HTTPBody: Sendable {
    case bytes([UInt8])
    case file(FileBody)
    case stream(any HTTPBodyStream, count: Int64)
    /// The answer to a HEAD request: the length that a body would have.
    case length(Int64)

    package var count: Int64 {
        switch self {
        case .bytes(let bytes): Int64(bytes.count)
        case .file(let file): file.count
        case .stream(_, let count), .length(let count): count
        }
    }
}

/// A section of an open file, sent without passing through memory.
package final class FileBody: Sendable {
    package let offset: Int64
    package let count: Int64
    private let descriptor: Mutex<Int32?>

    /// - Parameter adopting: an open descriptor, which this object or whoever takes it closes.
    package init(adopting descriptor: Int32, offset: Int64, count: Int64) {
        self.descriptor = Mutex(descriptor)
        self.offset = offset
        self.count = count
    }

    deinit {
        if let descriptor = take() { close(descriptor) }
    }

    /// Hands the descriptor to the caller, once.
    func take() -> Int32? {
        descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
    }
}
