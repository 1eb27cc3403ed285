import Foundation

/// Listens on a free port and lets a test speak on what connects, byte by byte.
final class RawListener: Sendable {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
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
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    /// Speaks on the next connection in a thread of its own, and closes it when that is done.
    func accept(_ speak: @escaping @Sendable (Connection) -> Void) {
        Thread.detachNewThread { [self] in
            let connection = Connection(descriptor: Foundation.accept(descriptor, nil, nil))
            speak(connection)
            close(connection.descriptor)
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
                    Foundation.read(descriptor, $0.baseAddress! + done, count - done)
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
