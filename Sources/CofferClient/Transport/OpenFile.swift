import CofferModel
import Glibc

/// An error of the local file system: which file, and what the system says.
public struct FileError: Error, Sendable, CustomStringConvertible {
    public let path: String
    public let description: String

    package init(_ path: String, _ reason: String) {
        self.path = path
        description = "\(printable(path)): \(reason)"
    }

    /// With the system's text for the last error.
    ///
    /// - Parameter verb: what could not be done, where the text alone does not tell: `delete`.
    package init(_ path: String, cannot verb: String? = nil) {
        let reason = String(cString: strerror(errno))
        self.init(path, verb.map { "cannot \($0) it: \(reason)" } ?? reason)
    }
}

/// An open file, read and written at offsets by several threads at once.
package final class OpenFile: Sendable {
    package let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// - Throws: ``FileError``, also for what is no regular file.
    package static func reading(_ path: String) throws(FileError) -> OpenFile {
        // A pipe that nobody writes to is not waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(path) }
        let file = OpenFile(path: path, descriptor: descriptor)
        guard try file.status().st_mode & S_IFMT == S_IFREG else { throw FileError(path, "not a regular file") }
        return file
    }

    /// Makes a file that was not there.
    ///
    /// - Parameter rights: as far as the process's mask leaves them.
    static func creating(_ path: String, rights: mode_t) throws(FileError) -> OpenFile {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, rights)
        guard descriptor >= 0 else { throw FileError(path) }
        return OpenFile(path: path, descriptor: descriptor)
    }

    /// A directory, to be synced: its names are on the disk then.
    static func directory(_ path: String) throws(FileError) -> OpenFile {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path) }
        return OpenFile(path: path, descriptor: descriptor)
    }

    /// Waits until what was written is on the disk.
    func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(path) }
    }

    package func byteCount() throws(FileError) -> Int64 { Int64(try status().st_size) }

    /// What tells whether somebody wrote to the file in between.
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
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path) }
            guard count > 0 else { throw FileError(path, "became shorter while it was read") }
            done += count
        }
    }

    func write(_ bytes: Span<UInt8>, at offset: Int64) throws(FileError) {
        let failed = bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = pwrite(
                    descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + off_t(done))
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
