import Dispatch
import Glibc
import Synchronization

/// A connection whose bytes a test sends and reads as they are.
///
/// It blocks a thread of its own and never one of those that run tasks, on which the server may count.
final class RawSocket: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "raw-socket")
    private let unread = Mutex<[UInt8]>([])

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
        guard status == 0 else { throw Failure.cannotConnect }
        var patience = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    enum Failure: Error {
        case cannotConnect
        /// The server closed the connection, or sent nothing for long.
        case ended
        case malformed
    }

    func send(_ text: String) async {
        await run { descriptor in
            let bytes = Array(text.utf8)
            _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    func readHead() async throws -> Head {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) { bytes += try await read(1) }
        return try Head(String(decoding: bytes, as: UTF8.self))
    }

    func read(_ count: Int) async throws -> [UInt8] {
        try await run { descriptor in
            self.unread.withLock { unread -> Result<[UInt8], Failure> in
                while unread.count < count {
                    guard Self.receive(descriptor, &unread) else { return .failure(.ended) }
                }
                defer { unread.removeFirst(count) }
                return .success(Array(unread[..<count]))
            }
        }.get()
    }

    /// The bytes up to the connection's end.
    func readToEnd() async -> [UInt8] {
        await run { descriptor in
            self.unread.withLock { unread in
                while Self.receive(descriptor, &unread) {}
                defer { unread = [] }
                return unread
            }
        }
    }

    /// The next chunk of a chunked body; empty at its end.
    func readChunk() async throws -> String {
        var line: [UInt8] = []
        while !line.suffix(2).elementsEqual([13, 10]) { line += try await read(1) }
        guard let count = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) else {
            throw Failure.malformed
        }
        let chunk = try await read(count + 2)
        guard chunk.suffix(2).elementsEqual([13, 10]) else { throw Failure.malformed }
        return String(decoding: chunk.dropLast(2), as: UTF8.self)
    }

    /// The rest of a chunked body.
    func readChunks() async throws -> String {
        var text = ""
        while case let chunk = try await readChunk(), !chunk.isEmpty { text += chunk }
        return text
    }

    private static func receive(_ descriptor: Int32, _ unread: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        if count > 0 { unread += piece[..<count] }
        return count > 0
    }

    private func run<Value: Sendable>(_ body: @escaping @Sendable (Int32) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body(self.descriptor)) }
        }
    }

    /// The head of an answer.
    struct Head {
        let status: Int
        private let fields: [String: String]

        init(_ text: String) throws {
            let lines = text.split(separator: "\r\n")
            guard let line = lines.first, let status = Int(line.dropFirst(9).prefix(3)) else { throw Failure.malformed }
            self.status = status
            fields = lines.dropFirst().reduce(into: [:]) { fields, line in
                guard let colon = line.firstIndex(of: ":") else { return }
                fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
            }
        }

        /// The value of a field, whose name is given in lower case.
        subscript(name: String) -> String? { fields[name] }
    }
}
