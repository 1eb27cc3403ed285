import CofferClient
import Glibc

/// Standard input, piece by piece.
struct StandardInput: AsyncSequence, Sendable {
    struct AsyncIterator: AsyncIteratorProtocol {
        private static let pieceByteCount = 1 << 20

        /// Remembered because a terminal could be read again after its end.
        private var isAtEnd = false

        mutating func next() async throws -> [UInt8]? {
            while !isAtEnd {
                try Task.checkCancellation()
                guard let piece = try await blocking({ try Self.read() }) else { continue }
                guard piece.isEmpty else { return piece }
                isAtEnd = true
            }
            return nil
        }

        /// - Returns: nil if nothing arrives for a while, so that the caller can check whether it has been cancelled.
        private static func read() throws -> [UInt8]? {
            var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let status = poll(&descriptor, 1, 200)
            guard status > 0 else {
                guard status == 0 || errno == EINTR else { throw FileError("standard input") }
                return nil
            }
            return try [UInt8](unsafeUninitializedCapacity: pieceByteCount) { buffer, count in
                let status = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
                guard status >= 0 else { throw FileError("standard input") }
                count = status
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
}
