public import CofferClient
import CofferModel

/// A package under a prefix of a bucket.
public struct BucketSource: PackageSource {
    /// The location as `s3://bucket/prefix/`.
    public let location: String
    /// Always true: S3 returns an ETag for every object.
    public let hasETags = true
    /// The descriptor, if the location named one.
    public var descriptor: PackagePath? { place.descriptor }
    private let client: S3Client
    private let place: BucketPlace

    /// Creates a source that reads with the credentials of a client.
    ///
    /// - Parameters:
    ///   - client: the client of the service that hosts the bucket.
    ///   - place: the location of the package.
    public init(_ client: S3Client, _ place: BucketPlace) {
        self.client = client
        self.place = place
        location = place.description
    }

    /// Starts reading an object; gzip and deflate content encodings are decoded.
    ///
    /// - Throws: ``SourceError/missing`` if there is no such object, ``SourceError/refused(_:)`` without permission, and
    ///   otherwise ``SourceError/failed(_:)``.
    public func open(_ path: PackagePath) async throws(SourceError) -> any PackageFile {
        do {
            let file = BucketFile(try await client.getObject(bucket: place.bucket, key: try place.key(path)))
            return try ContentCodings(file.contentEncoding).decoded(file)
        } catch {
            throw Self.translated(error)
        }
    }

    /// Returns the size and the ETag of an object.
    ///
    /// - Throws: the same errors as ``open(_:)``.
    public func information(_ path: PackagePath) async throws(SourceError) -> FileInformation {
        do {
            return FileInformation(try await client.headObject(bucket: place.bucket, key: try place.key(path)))
        } catch {
            throw Self.translated(error)
        }
    }

    static func translated(_ error: any Error) -> SourceError {
        switch error {
        case let error as SourceError: error
        case let error as S3Error: translated(error)
        default: .failed("\(error)")
        }
    }

    /// Translates an error. Problems with the bucket or the credentials affect every file, so they do not mean that
    /// this file is missing.
    private static func translated(_ error: S3Error) -> SourceError {
        let text = "\(error.code.name): \(error.message)"
        switch error.code {
        case .noSuchBucket: return .failed(text)
        case .accessDenied: return .refused(text)
        default: return error.code.status == 404 ? .missing : .failed(text)
        }
    }
}

extension FileInformation {
    fileprivate init(_ info: ObjectInfo) {
        let isDecoded = !ContentCodings(info.contentEncoding).isEmpty
        self.init(byteCount: isDecoded ? nil : info.byteCount, etag: info.eTag.value, isDecoded: isDecoded)
    }
}

private final class BucketFile: PackageFile {
    let information: FileInformation
    let contentEncoding: String?
    private let content: Pieces

    /// Calls never overlap: a file is read by one task at a time.
    private final class Pieces: @unchecked Sendable {
        var iterator: ObjectContent.AsyncIterator
        init(_ content: ObjectContent) { iterator = content.makeAsyncIterator() }
    }

    init(_ content: ObjectContent) {
        information = FileInformation(content.info)
        contentEncoding = content.info.contentEncoding
        self.content = Pieces(content)
    }

    func next() async throws(SourceError) -> [UInt8]? {
        do {
            return try await content.iterator.next()
        } catch {
            throw BucketSource.translated(error)
        }
    }
}
