private import CLinux
package import Glibc

/// The files of the system.
package struct PosixFileSystem: FileSystem {
    package init() {}

    package var sqliteVFSName: String? { nil }

    package func openFile(_ path: String, for purpose: FilePurpose) throws(SystemError) -> any File {
        PosixFile(try FileDescriptor(opening: path, purpose.flags))
    }

    package func move(_ path: String, to newPath: String) throws(SystemError) {
        guard rename(path, newPath) == 0 else { throw .last }
    }

    package func link(_ path: String, as newPath: String) throws(SystemError) {
        guard Glibc.link(path, newPath) == 0 else { throw .last }
    }

    package func removeFile(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 else { throw .last }
    }

    package func makeDirectory(_ path: String) throws(SystemError) {
        guard mkdir(path, 0o700) == 0 else { throw .last }
    }

    package func removeDirectory(_ path: String) throws(SystemError) {
        guard rmdir(path) == 0 else { throw .last }
    }

    package func syncDirectory(_ path: String) throws(SystemError) {
        let directory = try FileDescriptor(opening: path, O_RDONLY | O_DIRECTORY)
        guard fsync(directory.number) == 0 else { throw .last }
    }

    package func names(in directory: String) throws(SystemError) -> [String] {
        guard let stream = opendir(directory) else { throw .last }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    package func status(of path: String, followsLinks: Bool) throws(SystemError) -> FileStatus {
        var status = stat()
        guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { throw .last }
        return FileStatus(status)
    }

    package func space(at path: String) throws(SystemError) -> DiskSpace {
        var system = statvfs()
        guard statvfs(path, &system) == 0 else { throw .last }
        return DiskSpace(
            freeByteCount: Int64(clamping: UInt64(system.f_bavail) &* UInt64(system.f_frsize)),
            totalByteCount: Int64(clamping: UInt64(system.f_blocks) &* UInt64(system.f_frsize)))
    }
}

/// An open file of the system.
package final class PosixFile: File {
    private let handle: FileDescriptor

    init(_ handle: consuming FileDescriptor) { self.handle = handle }

    package var status: FileStatus {
        get throws(SystemError) {
            var status = stat()
            guard fstat(handle.number, &status) == 0 else { throw .last }
            return FileStatus(status)
        }
    }

    package func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        var done = 0
        while done < buffer.count {
            let target = buffer.baseAddress.map { $0 + done }
            let count = pread(handle.number, target, buffer.count - done, off_t(offset) + done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last }
            if count == 0 { break }
            done += count
        }
        return done
    }

    package func readCached(
        at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Int? {
        var done = 0
        while done < buffer.count {
            let target = buffer.baseAddress.map { $0 + done }
            let count = coffer_read_cached(handle.number, target, buffer.count - done, offset + Int64(done))
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN || errno == EOPNOTSUPP { return nil }
            guard count >= 0 else { throw .last }
            if count == 0 { break }
            done += count
        }
        return done
    }

    package func prefetch(_ range: Range<Int64>) {
        // A hint, which a file system may ignore.
        posix_fadvise(handle.number, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_WILLNEED)
    }

    package func map(within budget: MappingBudget) -> FileMapping? {
        // A file that cannot be examined cannot be mapped either, and is read instead.
        guard let byteCount = try? status.byteCount else { return nil }
        return FileMapping(handle.number, byteCount: Int(byteCount), within: budget)
    }

    package func append(_ bytes: Span<UInt8>) throws(SystemError) {
        try bytes.withUnsafeBytes { bytes throws(SystemError) in
            var rest = bytes
            while let start = rest.baseAddress, !rest.isEmpty {
                let count = write(handle.number, start, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw .last }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    package func syncData() throws(SystemError) {
        guard fdatasync(handle.number) == 0 else { throw .last }
    }

    package func syncAll() throws(SystemError) {
        guard fsync(handle.number) == 0 else { throw .last }
    }

    package func resize(to byteCount: Int64) throws(SystemError) {
        guard ftruncate(handle.number, off_t(byteCount)) == 0 else { throw .last }
    }

    package func allocate(_ byteCount: Int64) throws(SystemError) {
        // Returns the error's number, and leaves `errno` as it was.
        let number = posix_fallocate(handle.number, 0, off_t(byteCount))
        guard number == 0 else { throw SystemError(number) }
    }

    package func setRights(_ rights: mode_t) throws(SystemError) {
        guard fchmod(handle.number, rights) == 0 else { throw .last }
    }

    package func lock(waits: Bool) throws(SystemError) {
        while flock(handle.number, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR else { throw .last }
        }
    }
}

extension FilePurpose {
    fileprivate var flags: Int32 {
        switch self {
        case .reading: O_RDONLY
        case .updating: O_RDWR | O_NOFOLLOW
        case .making: O_RDWR | O_CREAT
        case .creating: O_WRONLY | O_CREAT | O_EXCL
        }
    }
}

extension FileStatus {
    fileprivate init(_ status: stat) {
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            default: .other
            }
        self.init(
            kind: kind, number: UInt64(status.st_ino), byteCount: Int64(status.st_size),
            modifiedNanoseconds: nanoseconds(status.st_mtim), changedNanoseconds: nanoseconds(status.st_ctim),
            owner: status.st_uid, rights: status.st_mode & 0o7777)
    }
}

private func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
}
