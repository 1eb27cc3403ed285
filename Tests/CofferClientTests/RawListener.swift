import Foundation

/// Listens on a free port, as long as it lives, and lets a test speak on what connects, byte by byte.
final class RawListener: Sendable {
    let port: UInt16
    private let socket: Socket

    /// Closed when no thread waits on it any more.
    private final class Socket: Sendable {
        let descriptor: Int32
        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }
    }

    init() throws {
        let descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard descriptor >= 0, isListening else { throw CocoaError(.fileReadUnknown) }
        socket = Socket(descriptor)
        port = UInt16(bigEndian: address.sin_port)
    }

    /// Ends the waiting of its threads.
    deinit { shutdown(socket.descriptor, Int32(SHUT_RDWR)) }

    /// Speaks on the next connections, one after the other in a thread of their own, and closes each when that is done.
    func accept(_ count: Int = 1, _ speak: @escaping @Sendable (Connection) -> Void) {
        Thread.detachNewThread { [socket] in
            for _ in 0..<count {
                let connection = Connection(descriptor: Foundation.accept(socket.descriptor, nil, nil))
                guard connection.descriptor >= 0 else { return }
                speak(connection)
                close(connection.descriptor)
            }
        }
    }

    struct Connection: Sendable {
        fileprivate let descriptor: Int32

        /// Reads up to the end of a request's head.
        func readHead() -> String {
            var text = ""
            var byte: UInt8 = 0
            while !text.hasSuffix("\r\n\r\n"), Foundation.read(descriptor, &byte, 1) == 1 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            }
            return text
        }

        /// Reads so many bytes, or as many as come.
        func read(_ count: Int) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            var done = 0
            while done < count {
                let more = bytes.withUnsafeMutableBytes {
                    $0.baseAddress.map { Foundation.read(descriptor, $0 + done, count - done) } ?? 0
                }
                guard more > 0 else { break }
                done += more
            }
            return Array(bytes.prefix(done))
        }

        /// Writes until the other end has closed the connection.
        func writeUntilClosed() {
            let piece = [UInt8](repeating: 1, count: 1 << 20)
            while Foundation.send(descriptor, piece, piece.count, Int32(MSG_NOSIGNAL)) > 0 {}
        }

        func write(_ text: String) {
            let bytes = Array(text.utf8)
            _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }
}
