/// Where a package is: a directory, a web server, a bucket.
public protocol PackageSource: Sendable {
    /// The place as it was given, for reports.
    var location: String { get }

    /// Whether ``information(_:)`` tells an ETag of every file that is another one whenever the file's content is.
    var hasETags: Bool { get }

    /// Begins to read a file.
    func open(_ path: PackagePath) async throws(SourceError) -> any PackageFile

    /// What is known of a file without reading it.
    func information(_ path: PackagePath) async throws(SourceError) -> FileInformation
}

/// A file that is being read, from its beginning to its end and once.
public protocol PackageFile: AnyObject, Sendable {
    var information: FileInformation { get }

    /// The next bytes, at most a few MiB; nil at the end.
    func next() async throws(SourceError) -> [UInt8]?
}

public struct FileInformation: Sendable, Equatable {
    /// nil if the place does not tell.
    public var byteCount: Int64?
    /// What tells one content from another, without quotes: S3's ETag, or one of the place's own; nil if it has none.
    public var etag: String?

    public init(byteCount: Int64?, etag: String?) {
        self.byteCount = byteCount
        self.etag = etag
    }
}

/// Why a file cannot be read.
public enum SourceError: Error, Equatable, CustomStringConvertible {
    case missing
    /// A directory, a device, or something else without content.
    case notAFile
    /// A symbolic link, or a path through one.
    case link
    /// Whoever asks may not read it.
    case refused(String)
    case failed(String)

    public var description: String { reason }

    /// Completes the sentence "the file …".
    var reason: String {
        switch self {
        case .missing: "is not there"
        case .notAFile: "is no regular file"
        case .link: "is behind a symbolic link, and links are not followed"
        case .refused(let reason), .failed(let reason): "cannot be read: \(reason)"
        }
    }
}

extension PackageSource {
    /// A file as a whole.
    ///
    /// - Returns: nil if it is larger than the limit.
    func read(_ path: PackagePath, limit: Int) async throws(SourceError) -> [UInt8]? {
        let file = try await open(path)
        var bytes: [UInt8] = []
        while let piece = try await file.next() {
            bytes += piece
            if bytes.count > limit { return nil }
        }
        return bytes
    }
}
