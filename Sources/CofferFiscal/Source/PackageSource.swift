/// Where a package is: a directory, a web server, a bucket.
public protocol PackageSource: Sendable {
    /// The place as it was given, for reports.
    var location: String { get }

    /// Whether ``information(_:)`` tells an ETag of every file that is another one whenever the file's content is.
    var hasETags: Bool { get }

    /// The descriptor that the place was given by, where it was; otherwise that which is there is looked for.
    var descriptor: PackagePath? { get }

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
    /// Whether the bytes that are read are others than those that are stored, since they were packed. Then the size and the
    /// MD5 of what is stored tell nothing of them.
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
    /// Whoever asks may not read it.
    case refused(String)
    /// It is packed, and cannot be unpacked.
    case damaged(String)
    /// It is something else than a table in the format that the descriptor says.
    case otherKind(String)
    /// It is a table of a kind or size that is not read here.
    case unread(String)
    case failed(String)

    public var description: String { reason }

    /// What it breaks.
    var rule: Rule {
        switch self {
        case .missing, .notAFile, .refused, .failed: .resourceMissing
        case .link: .resourcePathLink
        case .damaged: .compression
        case .otherKind: .fileKind
        case .unread: .resourceUnread
        }
    }

    /// Whether the file could be read, and what is in it is the fault.
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

    /// A file as a whole.
    ///
    /// - Returns: nil if it is larger than the limit.
    func read(_ path: PackagePath, limit: Int) async throws(SourceError) -> [UInt8]? {
        try await open(path).bytes(limit: limit)
    }
}

extension PackageFile {
    /// All bytes that are left.
    ///
    /// - Returns: nil if they are more than the limit.
    func bytes(limit: Int) async throws(SourceError) -> [UInt8]? {
        var bytes: [UInt8] = []
        while let piece = try await next() {
            bytes += piece
            if bytes.count > limit { return nil }
        }
        return bytes
    }
}
