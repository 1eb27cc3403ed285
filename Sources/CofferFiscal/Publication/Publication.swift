public import CofferClient
import CofferCrypto
public import CofferModel

/// Why a package cannot be published.
public enum PublicationError: Error, CustomStringConvertible {
    /// The package has errors; they are in the report.
    case invalid(Report)
    case source(PackagePath, SourceError)
    /// What S3 answered, or that it did not.
    case service(String)

    public var description: String {
        switch self {
        case .invalid(let report): "\(report.location) has \(Report.count(report.errorCount, "error"))"
        case .source(let path, let error): "the file \(path) \(error.reason)"
        case .service(let reason): reason
        }
    }
}

/// Puts a package below a prefix of a bucket: it is validated, its files go up in parallel, and its descriptor last, so
/// that who finds the descriptor finds what it names.
///
/// What goes up is what was validated: a file that has become another one since then fails, and the descriptor is not
/// written.
///
/// What is there already with the same MD5 is not sent again. Nothing is deleted.
public struct Publication: Sendable {
    private let source: any PackageSource
    private let client: S3Client
    private let place: BucketPlace
    private let allowsInvalid: Bool
    private let acl: CannedACL?

    /// Files under way at once.
    private static let parallelism = 4

    /// - Parameters:
    ///   - allowsInvalid: publishes a package with errors as well, but for files that are not there.
    ///   - acl: of all objects that are written.
    public init(
        _ source: any PackageSource, to place: BucketPlace, _ client: S3Client, allowsInvalid: Bool = false,
        acl: CannedACL? = nil
    ) {
        self.source = source
        self.client = client
        self.place = place
        self.allowsInvalid = allowsInvalid
        self.acl = acl
    }

    public struct Summary: Sendable {
        public var report: Report
        public var written: [String] = []
        /// What was there already.
        public var unchanged: [String] = []
    }

    public func publish() async throws(PublicationError) -> Summary {
        let validation = await PackageValidator(source).validation(recordsDigests: true)
        let report = validation.report
        guard let package = validation.package, report.isValid || allowsInvalid else { throw .invalid(report) }
        var summary = Summary(report: report)
        try await publish(package.files(validation.references), validation.digests, &summary)
        let isWritten = try await translating(.descriptor) { try await write(validation.descriptor, .descriptor) }
        Self.note(.descriptor, isWritten, &summary)
        return summary
    }

    private static func note(_ path: PackagePath, _ isWritten: Bool, _ summary: inout Summary) {
        if isWritten { summary.written.append("\(path)") } else { summary.unchanged.append("\(path)") }
    }

    private func publish(
        _ paths: [PackagePath], _ digests: [PackagePath: String], _ summary: inout Summary
    ) async throws(PublicationError) {
        let results = await withTaskGroup(of: (Int, Result<Bool, PublicationError>).self) { group in
            var results: [Int: Result<Bool, PublicationError>] = [:]
            var hasFailed = false
            for (index, path) in paths.enumerated() {
                // A slot is free when one of those under way ends.
                if index >= Self.parallelism, let (done, result) = await group.next() {
                    results[done] = result
                    if case .failure = result { hasFailed = true }
                }
                if hasFailed { break }
                group.addTask { (index, await attempt(path, digests[path])) }
            }
            for await (index, result) in group { results[index] = result }
            return results
        }
        for (index, path) in paths.enumerated() {
            guard let result = results[index] else { continue }
            Self.note(path, try result.get(), &summary)
        }
    }

    private func attempt(_ path: PackagePath, _ md5: String?) async -> Result<Bool, PublicationError> {
        do throws(PublicationError) {
            return .success(try await translating(path) { try await write(path, md5) })
        } catch {
            return .failure(error)
        }
    }

    private func translating<Value>(
        _ path: PackagePath, _ body: () async throws -> Value
    ) async throws(PublicationError) -> Value {
        do {
            return try await body()
        } catch let error as SourceError {
            throw .source(path, error)
        } catch let error as S3Error {
            throw .service("\(path) is not written: \(error.code.name): \(error.message)")
        } catch {
            throw .service("\(path) is not written: \(error)")
        }
    }

    // MARK: One file

    /// - Parameter md5: of what was validated; nil if that could not be read.
    /// - Returns: whether it had to be written.
    private func write(_ path: PackagePath, _ md5: String?) async throws -> Bool {
        guard let md5 else {
            // Why not is told by opening it once more.
            _ = try await source.open(path)
            throw SourceError.failed("it was not read to its end when it was validated")
        }
        if try await isThere(path, md5) { return false }
        try await client.upload(
            FilePieces(file: try await source.open(path), md5: md5), to: place.bucket, try place.key(path),
            settings(path, md5))
        return true
    }

    private func write(_ bytes: [UInt8], _ path: PackagePath) async throws -> Bool {
        let md5 = hex(Digest.of(bytes, .md5))
        if try await isThere(path, md5) { return false }
        try await client.putObject(place.bucket, try place.key(path), bytes, settings(path, md5))
        return true
    }

    /// The MD5 is the ETag of what was written in one piece; with other objects it goes as metadata, and is that of as many
    /// bytes as the file has.
    private func isThere(_ path: PackagePath, _ md5: String) async throws -> Bool {
        do {
            let info = try await client.headObject(place.bucket, try place.key(path))
            if info.eTag.value == md5 { return true }
            // What was appended to an object since then leaves its metadata as it was.
            guard info.metadata[Self.md5Name] == md5 else { return false }
            return try await source.information(path).byteCount == info.byteCount
        } catch let error as S3Error where error.code.status == 404 {
            return false
        }
    }

    private static let md5Name = "md5"

    private func settings(_ path: PackagePath, _ md5: String) -> ObjectSettings {
        var settings = ObjectSettings(
            contentType: ContentTypes.type(of: path.description), metadata: [Self.md5Name: md5])
        settings.acl = acl
        return settings
    }
}

/// A file's bytes as a sequence, which fails at its end if they are not those that were expected.
private struct FilePieces: AsyncSequence, Sendable {
    let file: any PackageFile
    let md5: String

    final class AsyncIterator: AsyncIteratorProtocol {
        private let file: any PackageFile
        private let md5: String
        private var digest: Digest? = Digest(.md5)

        init(file: any PackageFile, md5: String) {
            self.file = file
            self.md5 = md5
        }

        func next() async throws -> [UInt8]? {
            if let piece = try await file.next() {
                digest?.update(piece.span)
                return piece
            }
            if let digest = digest.take(), hex(digest.finalize()) != md5 {
                throw SourceError.failed("it changed after it was validated")
            }
            return nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file, md5: md5) }
}

extension PackageDescriptor {
    /// All files of the package but the descriptor, each once.
    ///
    /// - Parameter references: schemas and dialects in files of their own.
    fileprivate func files(_ references: [PackagePath]) -> [PackagePath] {
        var seen: Set<PackagePath> = [.descriptor]
        let data = resources.flatMap { resource in
            if case .paths(let paths) = resource.content { paths } else { [] as [PackagePath] }
        }
        return (data + references).filter { seen.insert($0).inserted }
    }
}
