import Dispatch
import Glibc
import Synchronization

/// A connection that sends the bytes it is given, whatever they are, and reads answers, whole or piece by piece.
///
/// It blocks a thread of its own and never one of those that run tasks, on which the server may count.
package final class RawConnection: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "raw-connection")
    private let unread: Mutex<Unread>

    package init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        unread = Mutex(Unread(descriptor: descriptor))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure.system("connect", errno) }
        var patience = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    package enum Failure: Error {
        case system(String, Int32)
        /// The server closed the connection before an answer was complete.
        case closed
        case malformed(String)
    }

    package func send(_ text: String) async { await send(Array(text.utf8)) }

    /// Sends bytes; that the server closed its side already shows when the answer is read.
    package func send(_ bytes: [UInt8]) async {
        await run { [descriptor] _ in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    // MARK: Whole answers

    /// Reads one answer.
    ///
    /// - Parameter hasBody: false for the answer to HEAD.
    package func receive(hasBody: Bool = true) async throws -> RawResponse {
        try await result { try $0.readResponse(hasBody: hasBody) }
    }

    /// Reads the answer's head up to `100 Continue`, with which the server says that it has judged a request's head.
    ///
    /// - Returns: false if it refused the request instead; its answer is still to be read.
    package func isContinued() async throws -> Bool {
        try await result { unread in
            let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
            while unread.bytes.count < interim.count, interim.starts(with: unread.bytes) { try unread.receive() }
            guard unread.bytes.starts(with: interim) else { return false }
            _ = try unread.read(interim.count)
            return true
        }
    }

    /// Whether the server closed the connection, with nothing further sent.
    package func isClosed() async -> Bool {
        await run { [descriptor] unread in
            var byte: UInt8 = 0
            return unread.bytes.isEmpty && recv(descriptor, &byte, 1, 0) <= 0
        }
    }

    // MARK: Pieces

    package func readHead() async throws -> RawResponse { try await result { try $0.readHead() } }
    package func read(_ count: Int) async throws -> [UInt8] { try await result { try $0.read(count) } }

    /// The bytes up to the connection's end.
    package func readToEnd() async -> [UInt8] {
        await run { unread in
            // An error is an end as well.
            while (try? unread.receive()) != nil {}
            defer { unread.bytes = [] }
            return unread.bytes
        }
    }

    /// The next chunk of a chunked body; empty at its end.
    package func readChunk() async throws -> String {
        String(decoding: try await result { try $0.readChunk() }, as: UTF8.self)
    }

    /// The rest of a chunked body.
    package func readChunks() async throws -> String {
        String(decoding: try await result { try $0.readChunks() }, as: UTF8.self)
    }

    // MARK: The connection's thread

    private func result<Value: Sendable>(
        _ body: @escaping @Sendable (inout Unread) throws -> Value
    ) async throws -> Value {
        try await run { unread -> Result<Value, any Error> in Result { try body(&unread) } }.get()
    }

    private func run<Value: Sendable>(_ body: @escaping @Sendable (inout Unread) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.unread.withLock { body(&$0) }) }
        }
    }
}

/// The bytes of a connection that were received and not read yet.
private struct Unread {
    let descriptor: Int32
    var bytes: [UInt8] = []

    /// Waits for further bytes.
    mutating func receive() throws {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count >= 0 else { throw RawConnection.Failure.system("receive", errno) }
        guard count > 0 else { throw RawConnection.Failure.closed }
        bytes += piece[..<count]
    }

    mutating func read(_ count: Int) throws -> [UInt8] {
        while bytes.count < count { try receive() }
        defer { bytes.removeFirst(count) }
        return Array(bytes[..<count])
    }

    private mutating func readText(before separator: [UInt8]) throws -> String {
        while true {
            if let range = bytes.firstRange(of: separator) {
                defer { bytes.removeFirst(range.upperBound) }
                return String(decoding: bytes[..<range.lowerBound], as: UTF8.self)
            }
            try receive()
        }
    }

    mutating func readHead() throws -> RawResponse {
        try RawResponse(head: try readText(before: [13, 10, 13, 10]))
    }

    mutating func readChunk() throws -> [UInt8] {
        let size = try readText(before: [13, 10])
        guard let count = Int(size, radix: 16) else { throw RawConnection.Failure.malformed(size) }
        let chunk = try read(count + 2)
        guard chunk.suffix(2).elementsEqual([13, 10]) else {
            throw RawConnection.Failure.malformed("a chunk of another length than it says")
        }
        return chunk.dropLast(2)
    }

    mutating func readChunks() throws -> [UInt8] {
        var all: [UInt8] = []
        while case let chunk = try readChunk(), !chunk.isEmpty { all += chunk }
        return all
    }

    mutating func readResponse(hasBody: Bool) throws -> RawResponse {
        var response = try readHead()
        while response.status == 100 { response = try readHead() }
        if response["transfer-encoding"] == "chunked" {
            response.body = try readChunks()
            return response
        }
        let isEmpty = !hasBody || response.status == 204 || response.status == 304
        let length = isEmpty ? 0 : Int(response["content-length"] ?? "") ?? -1
        guard length >= 0 else { throw RawConnection.Failure.malformed("an answer without Content-Length") }
        response.body = try read(length)
        return response
    }
}
