import Glibc

/// A package in a directory. Symbolic links in it are not followed, so nothing outside the directory is read.
public struct DirectorySource: PackageSource {
    /// The path as given.
    public let location: String
    /// Always false: file systems have no ETags.
    public let hasETags = false
    /// The descriptor, if the path named one.
    public let descriptor: PackagePath?
    private let directory: String

    /// Creates a source; whether the directory exists is only known when a file is read.
    ///
    /// - Parameter path: the path of the directory, or of the descriptor in it.
    public init(_ path: String) {
        location = path
        let place = PackagePath.withoutDescriptor(path)
        directory = place.descriptor != nil && place.directory.isEmpty ? "." : place.directory
        descriptor = place.descriptor
    }

    /// Starts reading a file.
    ///
    /// - Throws: ``SourceError/missing``, ``SourceError/link`` for a symbolic link anywhere in the path,
    ///   ``SourceError/notAFile`` for anything but a regular file, ``SourceError/refused(_:)`` without permission, and
    ///   otherwise ``SourceError/failed(_:)``.
    public func open(_ path: PackagePath) async throws(SourceError) -> any PackageFile {
        try await onThread { [directory] () throws(SourceError) in try LocalFile(path, in: directory) }
    }

    /// Returns the size of a file.
    ///
    /// - Throws: the same errors as ``open(_:)``.
    public func information(_ path: PackagePath) async throws(SourceError) -> FileInformation {
        try await open(path).information
    }
}

/// An open file of a directory.
private final class LocalFile: PackageFile, Sendable {
    private let descriptor: Int32
    let information: FileInformation

    /// The size of one read: small enough to stay in the cache until the bytes are processed.
    private static let byteCount = 256 << 10

    init(_ path: PackagePath, in directory: String) throws(SourceError) {
        descriptor = try Self.open(path, in: directory)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = Self.error()
            Glibc.close(descriptor)
            throw error
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            Glibc.close(descriptor)
            throw .notAFile
        }
        information = FileInformation(byteCount: Int64(status.st_size), etag: nil)
    }

    deinit { Glibc.close(descriptor) }

    func next() async throws(SourceError) -> [UInt8]? {
        guard !Task.isCancelled else { throw .failed("reading it was cancelled") }
        return try await onThread { [self] () throws(SourceError) in
            var failure: SourceError?
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
                var status = read(descriptor, buffer.baseAddress, buffer.count)
                while status < 0, errno == EINTR { status = read(descriptor, buffer.baseAddress, buffer.count) }
                if status < 0 { failure = Self.error() }
                count = max(0, status)
            }
            if let failure { throw failure }
            return bytes.isEmpty ? nil : bytes
        }
    }

    /// Opens the path component by component, so that no link on the way is followed, even one that is created
    /// concurrently.
    private static func open(_ path: PackagePath, in directory: String) throws(SourceError) -> Int32 {
        var current = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard current >= 0 else { throw placeError() }
        let parts = path.parts
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            // Without O_NONBLOCK, opening a pipe would wait for a writer.
            let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (isLast ? 0 : O_DIRECTORY)
            let next = openat(current, part, flags)
            let fault = next < 0 ? openError(part, in: current) : nil
            Glibc.close(current)
            if let fault { throw fault }
            current = next
        }
        return current
    }

    /// Translates the failure to open the directory itself; call it before `errno` changes.
    private static func placeError() -> SourceError {
        switch errno {
        case ENOENT: .failed("the directory does not exist")
        case ENOTDIR: .failed("it is not a directory: give the directory that contains datapackage.json")
        default: .failed(String(cString: strerror(errno)))
        }
    }

    /// Translates a failed `openat`; call it before `errno` changes.
    private static func openError(_ part: String, in directory: Int32) -> SourceError {
        let error = error()
        var status = stat()
        let isLink = fstatat(directory, part, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFLNK
        return isLink ? .link : error
    }

    private static func error() -> SourceError {
        switch errno {
        case ENOENT, ENOTDIR: .missing
        case ELOOP: .link
        case ENXIO, ENODEV, EISDIR: .notAFile
        case EACCES, EPERM: .refused(String(cString: strerror(errno)))
        default: .failed(String(cString: strerror(errno)))
        }
    }
}
