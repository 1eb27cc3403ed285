import Glibc

/// A temporary file that no other process sees, for formats that must be read from the end. It disappears when closed.
final class SpooledFile: Sendable {
    private let descriptor: Int32
    private let size: Size

    /// Written by one task before any reads.
    private final class Size: @unchecked Sendable { var byteCount: Int64 = 0 }

    init() throws(SourceError) {
        descriptor = try Self.temporaryFile(for: "an archive")
        size = Size()
    }

    deinit { close(descriptor) }

    var byteCount: Int64 { size.byteCount }

    /// - Parameter what: the content that is stored, for messages.
    static func temporaryFile(for what: String) throws(SourceError) -> Int32 {
        let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var name = Array("\(directory)/coffer-XXXXXX".utf8CString)
        let file = mkstemp(&name)
        guard file >= 0, fcntl(file, F_SETFD, FD_CLOEXEC) == 0 else {
            throw .failed("\(what) cannot be stored temporarily in \(directory): \(String(cString: strerror(errno)))")
        }
        unlink(name)
        return file
    }

    func append(_ bytes: [UInt8]) async throws(SourceError) {
        guard byteCount + Int64(bytes.count) <= UnpackingLimits.archiveByteCount else {
            throw .damaged("archives and workbooks of more than 4 GiB are not supported")
        }
        try await onThread { [descriptor] () throws(SourceError) in
            var written = 0
            let fault = bytes.withUnsafeBytes { buffer -> Int32 in
                while written < buffer.count {
                    let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                    let count = write(descriptor, rest.baseAddress, rest.count)
                    if count < 0, errno != EINTR { return errno }
                    written += max(0, count)
                }
                return 0
            }
            guard fault == 0 else {
                throw .failed("it cannot be stored temporarily: \(String(cString: strerror(fault)))")
            }
        }
        size.byteCount += Int64(bytes.count)
    }

    /// Reads the bytes at an offset; fewer than requested if the file ends first.
    func read(_ count: Int, at offset: Int64) throws(SourceError) -> [UInt8] {
        guard offset >= 0, count > 0, offset < byteCount else { return [] }
        let wanted = Int(min(Int64(count), byteCount - offset))
        var fault: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            filled = 0
            while filled < wanted {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<wanted])
                let status = pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(filled))
                if status < 0, errno == EINTR { continue }
                if status < 0 { fault = errno }
                if status <= 0 { return }
                filled += status
            }
        }
        guard fault == 0 else { throw .failed(String(cString: strerror(fault))) }
        return bytes
    }
}
