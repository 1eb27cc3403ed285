import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A connection that sends the bytes it is given, whatever they are, and reads answers.
///
/// It blocks a thread of its own and never one of those that run tasks, on which the server may count.
final class RawConnection: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "raw-connection")
    private let unread = Unread()

    /// `@unchecked Sendable`: used only on the connection's queue.
    private final class Unread: @unchecked Sendable {
        var bytes: [UInt8] = []
    }

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
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

    enum Failure: Error {
        case system(String, Int32)
        /// The server closed the connection before an answer was complete.
        case closed
        case malformed(String)
    }

    /// Sends bytes; that the server closed its side already shows when the answer is read.
    func send(_ bytes: [UInt8]) async {
        await run { descriptor, _ in
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

    /// Reads one answer.
    ///
    /// - Parameter hasBody: false for the answer to HEAD.
    func receive(hasBody: Bool = true) async throws -> RawResponse {
        try await run { descriptor, unread -> Result<RawResponse, any Error> in
            Result { try Self.read(descriptor, &unread.bytes, hasBody: hasBody) }
        }.get()
    }

    /// Reads the answer's head up to `100 Continue`, with which the server says that it has judged a request's head.
    ///
    /// - Returns: false if it refused the request instead; its answer is still to be read.
    func isContinued() async throws -> Bool {
        try await run { descriptor, unread -> Result<Bool, any Error> in
            Result {
                let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
                while unread.bytes.count < interim.count, interim.starts(with: unread.bytes) {
                    try Self.receiveMore(descriptor, &unread.bytes)
                }
                guard unread.bytes.starts(with: interim) else { return false }
                unread.bytes.removeFirst(interim.count)
                return true
            }
        }.get()
    }

    /// Whether the server closed the connection, with nothing further sent.
    func isClosed() async -> Bool {
        await run { descriptor, unread in
            var byte: UInt8 = 0
            return unread.bytes.isEmpty && recv(descriptor, &byte, 1, 0) <= 0
        }
    }

    private func run<Value: Sendable>(_ body: @escaping @Sendable (Int32, Unread) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body(self.descriptor, self.unread)) }
        }
    }

    private static func receiveMore(_ descriptor: Int32, _ unread: inout [UInt8]) throws {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count >= 0 else { throw Failure.system("receive", errno) }
        guard count > 0 else { throw Failure.closed }
        unread += piece[..<count]
    }

    private static func read(_ descriptor: Int32, _ unread: inout [UInt8], hasBody: Bool) throws -> RawResponse {
        func more() throws { try receiveMore(descriptor, &unread) }
        func text(before separator: [UInt8]) throws -> String {
            while true {
                if let range = unread.firstRange(of: separator) {
                    defer { unread.removeFirst(range.upperBound) }
                    return String(decoding: unread[..<range.lowerBound], as: UTF8.self)
                }
                try more()
            }
        }
        func chunk() throws -> [UInt8] {
            let size = try text(before: [13, 10])
            guard let count = Int(size, radix: 16) else { throw Failure.malformed(size) }
            while unread.count < count + 2 { try more() }
            defer { unread.removeFirst(count + 2) }
            return Array(unread[..<count])
        }
        while true {
            var response = try RawResponse(head: try text(before: [13, 10, 13, 10]))
            if response.status == 100 { continue }
            if response["transfer-encoding"] == "chunked" {
                while case let chunk = try chunk(), !chunk.isEmpty { response.body += chunk }
                return response
            }
            let isEmpty = !hasBody || response.status == 204 || response.status == 304
            let length = isEmpty ? 0 : Int(response["content-length"] ?? "") ?? -1
            guard length >= 0 else { throw Failure.malformed("an answer without Content-Length") }
            while unread.count < length { try more() }
            response.body = Array(unread[..<length])
            unread.removeFirst(length)
            return response
        }
    }
}

/// An answer as it came.
struct RawResponse: Sendable {
    let status: Int
    let reason: String
    let fields: [(name: String, value: String)]
    var body: [UInt8] = []

    init(head: String) throws {
        let lines = head.split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw RawConnection.Failure.malformed(head)
        }
        self.status = status
        reason = words.count > 2 ? String(words[2]) : ""
        fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
        }
    }

    /// The first value of a field, whose name is given in lower case.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }
}
