private import Glibc

/// A block of memory of a fixed size that is filled piece by piece, and goes back to the system when it is released.
///
/// `@unchecked Sendable`: has one user at a time, who passes it on.
package final class ByteBlock: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer
    package private(set) var count = 0

    package init(capacity: Int) {
        // Memory freed with free() may stay allocated to the process, and a server has many blocks only under load.
        let start = mmap(nil, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start, start != MAP_FAILED else { fatalError("no memory for a block of \(capacity) bytes") }
        memory = UnsafeMutableRawBufferPointer(start: start, count: capacity)
    }

    deinit { munmap(memory.baseAddress, memory.count) }

    package var isFull: Bool { count == memory.count }

    /// Appends as many of the bytes as there is room for.
    ///
    /// - Returns: how many.
    package func append(_ bytes: Span<UInt8>) -> Int {
        let taken = min(bytes.count, memory.count - count)
        bytes.extracting(first: taken).withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: source)
        }
        count += taken
        return taken
    }

    package func removeAll() { count = 0 }

    /// Passes the bytes on for the duration of the call.
    package func withBytes<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        let bytes = UnsafeRawBufferPointer(rebasing: memory[..<count])
        try body(bytes.assumingMemoryBound(to: UInt8.self).span)
    }

    /// The first byte, for C code; valid for as long as this block.
    var start: UnsafePointer<UInt8>? { UnsafePointer(memory.assumingMemoryBound(to: UInt8.self).baseAddress) }
}
