/// The source of a package: a directory, a web server, or a bucket.
public protocol PackageSource: Sendable {
    /// The location as given, for reports.
    var location: String { get }

    /// Whether ``information(_:)`` returns an ETag for every file that changes whenever the file's content changes.
    var hasETags: Bool { get }

    /// The descriptor, if the location named one; otherwise it is searched for.
    var descriptor: PackagePath? { get }

    /// Starts reading a file.
    ///
    /// - Throws: ``SourceError`` if it cannot be read.
    func open(_ path: PackagePath) async throws(SourceError) -> any PackageFile

    /// Returns what is known of a file without reading it.
    ///
    /// - Throws: ``SourceError`` if there is no such file, or it cannot be read.
    func information(_ path: PackagePath) async throws(SourceError) -> FileInformation
}

/// A file that is read once, from beginning to end.
public protocol PackageFile: AnyObject, Sendable {
    /// What is known of the file without reading it.
    var information: FileInformation { get }

    /// Returns the next bytes, at most a few MiB; nil at the end.
    ///
    /// - Throws: ``SourceError`` if the file cannot be read any further.
    func next() async throws(SourceError) -> [UInt8]?
}

/// What is known of a file without reading it.
public struct FileInformation: Sendable, Equatable {
    /// The size in bytes; nil if the source does not report it.
    public var byteCount: Int64?
    /// An identifier of the content, without quotes: the ETag of S3 or of another server; nil if there is none.
    public var etag: String?
    /// Whether the bytes read differ from the stored ones because these were packed. The stored size and MD5 then say
    /// nothing about the bytes read.
    public var isDecoded: Bool

    /// Creates the information of a file.
    ///
    /// - Parameters:
    ///   - byteCount: the size in bytes; nil if unknown.
    ///   - etag: an identifier of the content, without quotes; nil if there is none.
    ///   - isDecoded: whether the bytes read differ from the stored ones.
    public init(byteCount: Int64?, etag: String?, isDecoded: Bool = false) {
        self.byteCount = byteCount
        self.etag = etag
        self.isDecoded = isDecoded
    }
}

extension PackageSource {
    /// None: the descriptor is searched for.
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
