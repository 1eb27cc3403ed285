import Glibc

/// An open file, which several threads can read and write at offsets concurrently.
package final class OpenFile: Sendable {
    package let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// - Throws: ``FileError``, including for anything but a regular file.
    package static func reading(_ path: String) throws(FileError) -> OpenFile {
        // O_NONBLOCK prevents waiting for a pipe that has no writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(path) }
        let file = OpenFile(path: path, descriptor: descriptor)
        guard try file.status().st_mode & S_IFMT == S_IFREG else { throw FileError(path, "not a regular file") }
        return file
    }

    /// Creates a new file.
    ///
    /// - Parameter rights: the permissions, restricted by the process's umask.
    static func creating(_ path: String, rights: mode_t) throws(FileError) -> OpenFile {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, rights)
        guard descriptor >= 0 else { throw FileError(path) }
        return OpenFile(path: path, descriptor: descriptor)
    }

    /// Opens a directory to sync it, which puts its names on disk.
    static func directory(_ path: String) throws(FileError) -> OpenFile {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path) }
        return OpenFile(path: path, descriptor: descriptor)
    }

    /// Waits until written data is on disk.
    func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(path) }
    }

    package func byteCount() throws(FileError) -> Int64 { Int64(try status().st_size) }

    /// The attributes that show whether a file was written to in between.
    struct State: Equatable {
        let byteCount: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    func state() throws(FileError) -> State {
        let status = try status()
        return State(
            byteCount: Int64(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    /// Fills a buffer from an offset.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) {
        guard let start = buffer.baseAddress else { return }
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, start + done, buffer.count - done, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path) }
            guard count > 0 else { throw FileError(path, "became shorter while it was read") }
            done += count
        }
    }

    func write(_ bytes: Span<UInt8>, at offset: Int64) throws(FileError) {
        let failed = bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            var done = 0
            while done < bytes.count {
                let count = pwrite(descriptor, start + done, bytes.count - done, off_t(offset) + off_t(done))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return true }
                done += count
            }
            return false
        }
        if failed { throw FileError(path) }
    }

    private func status() throws(FileError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(path) }
        return status
    }
}

/// A range of an open file's bytes; ``HTTPRequestBody/read(into:at:)`` reads them.
public struct FileSlice: Sendable {
    package let file: OpenFile
    package let offset: Int64
    package let byteCount: Int64

    package init(file: OpenFile, offset: Int64, byteCount: Int64) {
        self.file = file
        self.offset = offset
        self.byteCount = byteCount
    }
}
