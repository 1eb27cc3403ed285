import CofferSystem
import Glibc

/// An open file of a simulated disk.
final class SimulatedFile: File {
    private let node: SimulatedNode
    private let disk: SimulatedDisk

    init(_ node: SimulatedNode, on disk: SimulatedDisk) {
        self.node = node
        self.disk = disk
    }

    deinit {
        let own = ObjectIdentifier(self)
        disk.withState { [node] _ in
            if node.lockHolder == own { node.lockHolder = nil }
        }
    }

    var status: FileStatus {
        get throws(SystemError) { try disk.call { _ throws(SystemError) in node.status } }
    }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try disk.call { _ throws(SystemError) in node.contents.bytes.copy(from: Int(offset), into: buffer) }
    }

    func append(_ bytes: Span<UInt8>) throws(SystemError) {
        try bytes.withUnsafeBytes { bytes throws(SystemError) in
            try disk.call { state throws(SystemError) in
                let end = node.contents.bytes.count
                try state.change(node, to: end + bytes.count) { $0.write(bytes, at: end) }
            }
        }
    }

    func syncData() throws(SystemError) {
        try disk.call { _ throws(SystemError) in node.contents.sync() }
    }

    func syncAll() throws(SystemError) { try syncData() }

    func resize(to byteCount: Int64) throws(SystemError) {
        try disk.call { state throws(SystemError) in
            try state.change(node, to: Int(byteCount)) { $0.resize(to: Int(byteCount)) }
        }
    }

    func allocate(_ byteCount: Int64) throws(SystemError) {
        try disk.call { state throws(SystemError) in
            guard node.contents.bytes.count < byteCount else { return }
            try state.change(node, to: Int(byteCount)) { $0.resize(to: Int(byteCount)) }
        }
    }

    func setRights(_ rights: mode_t) throws(SystemError) {
        try disk.call { _ throws(SystemError) in node.rights = rights }
    }

    /// Never waits.
    func lock(waits: Bool) throws(SystemError) {
        let own = ObjectIdentifier(self)
        try disk.call { _ throws(SystemError) in
            guard node.lockHolder == nil || node.lockHolder == own else { throw SystemError(EWOULDBLOCK) }
            node.lockHolder = own
        }
    }
}

extension [UInt8] {
    /// Fills the beginning of a buffer.
    ///
    /// - Returns: the number of bytes, which are fewer at the end.
    func copy(from offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = Swift.max(0, Swift.min(buffer.count, self.count - offset))
        guard count > 0 else { return 0 }
        withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]))
        }
        return count
    }
}
