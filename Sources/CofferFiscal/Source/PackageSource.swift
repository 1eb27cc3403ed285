/// The source of a package: a directory, a web server, or a bucket.
public protocol PackageSource: Sendable {
    /// The location as given, for reports.
    var location: String { get }

    /// Whether ``information(_:)`` returns an ETag for every file that changes whenever the file's content changes.
    var hasETags: Bool { get }

    /// The descriptor, if the location named one; otherwise it is searched for.
    var descriptor: PackagePath? { get }

    /// Starts reading a file.
    func open(_ path: PackagePath) async throws(SourceError) -> any PackageFile

    /// Returns what is known of a file without reading it.
    func information(_ path: PackagePath) async throws(SourceError) -> FileInformation
}

/// A file that is read once, from beginning to end.
public protocol PackageFile: AnyObject, Sendable {
    var information: FileInformation { get }

    /// Returns the next bytes, at most a few MiB; nil at the end.
    func next() async throws(SourceError) -> [UInt8]?
}

public struct FileInformation: Sendable, Equatable {
    /// The size; nil if the source does not report it.
    public var byteCount: Int64?
    /// An identifier of the content, without quotes: the ETag of S3 or of another server; nil if there is none.
    public var etag: String?
    /// Whether the bytes read differ from the stored ones because these were packed. The stored size and MD5 then say
    /// nothing about the bytes read.
    public var isDecoded: Bool

    public init(byteCount: Int64?, etag: String?, isDecoded: Bool = false) {
        self.byteCount = byteCount
        self.etag = etag
        self.isDecoded = isDecoded
    }
}

/// Why a file cannot be read.
public enum SourceError: Error, Equatable, CustomStringConvertible {
    case missing
    /// A directory, a device, or something else without content.
    case notAFile
    /// A symbolic link, or a path through one.
    case link
    /// The caller may not read it.
    case refused(String)
    /// It is packed and cannot be unpacked.
    case damaged(String)
    /// It is something other than a table in the format that the descriptor states.
    case otherKind(String)
    /// It is a table of an unsupported kind or size.
    case unread(String)
    case failed(String)

    public var description: String { reason }

    /// The rule that the error violates.
    var rule: Rule {
        switch self {
        case .missing, .notAFile, .refused, .failed: .resourceMissing
        case .link: .resourcePathLink
        case .damaged: .compression
        case .otherKind: .fileKind
        case .unread: .resourceUnread
        }
    }

    /// Whether the file itself could be read, but its content is unusable.
    var isOfContent: Bool {
        switch self {
        case .damaged, .otherKind, .unread: true
        case .missing, .notAFile, .link, .refused, .failed: false
        }
    }

    /// Completes the sentence "the file …".
    var reason: String {
        switch self {
        case .missing: "is not there"
        case .notAFile: "is no regular file"
        case .link: "is behind a symbolic link, and links are not followed"
        case .refused(let reason): "may not be read: \(reason)"
        case .damaged(let reason): "cannot be unpacked: \(reason)"
        case .otherKind(let reason): "is \(reason)"
        case .unread(let reason): "is not read: \(reason)"
        case .failed(let reason): "cannot be read: \(reason)"
        }
    }
}

extension PackageSource {
    public var descriptor: PackagePath? { nil }

    /// Reads a complete file.
    ///
    /// - Returns: nil if it is larger than the limit.
    func read(_ path: PackagePath, limit: Int) async throws(SourceError) -> [UInt8]? {
        try await open(path).bytes(limit: limit)
    }
}

extension PackageFile {
    /// Reads all remaining bytes.
    ///
    /// - Returns: nil if there are more than the limit.
    func bytes(limit: Int) async throws(SourceError) -> [UInt8]? {
        var bytes: [UInt8] = []
        while let piece = try await next() {
            bytes += piece
            if bytes.count > limit { return nil }
        }
        return bytes
    }
}
