public import CofferClient
import CofferCrypto
public import CofferModel

/// Publishes a package under a prefix of a bucket: it is validated, its files are uploaded in parallel, and its
/// descriptor last, so that every file named by a visible descriptor exists.
///
/// Exactly the validated content is uploaded: if a file changed since validation, its upload fails, and the descriptor
/// is not written.
///
/// Existing objects with the same MD5 are not uploaded again. Objects that existed before are never deleted; if
/// publishing fails, the objects it created are removed. Nothing is written over another package unless requested.
public struct Publication: Sendable {
    private let source: any PackageSource
    private let client: S3Client
    private let place: BucketPlace
    private let allowsInvalid: Bool
    private let acl: CannedACL?
    private let replaces: Bool
    private let fetches: Bool

    /// The number of concurrent uploads.
    private static let parallelism = 4

    /// Creates a publication; ``publish()`` runs it.
    ///
    /// - Parameters:
    ///   - source: the package to publish.
    ///   - place: the location at which to publish it.
    ///   - client: the client of the service that hosts the bucket.
    ///   - allowsInvalid: whether to publish a package with errors, other than missing files.
    ///   - acl: the ACL of all objects that are written.
    ///   - replaces: whether to write over another package.
    ///   - fetches: whether to check schemas and data at URLs as well.
    public init(
        _ source: any PackageSource, to place: BucketPlace, _ client: S3Client, allowsInvalid: Bool = false,
        acl: CannedACL? = nil, replaces: Bool = false, fetches: Bool = false
    ) {
        self.source = source
        self.client = client
        self.place = place
        self.allowsInvalid = allowsInvalid
        self.acl = acl
        self.replaces = replaces
        self.fetches = fetches
    }

    /// The result of a publication.
    public struct Summary: Sendable {
        /// The report of validating the package.
        public var report: Report
        /// The paths of the files that were written, with the descriptor last.
        public var written: [String] = []
        /// The paths of the files that already existed with the same content.
        public var unchanged: [String] = []
    }

    /// Validates the package and uploads it.
    ///
    /// - Throws: ``PublicationError``; the objects that were created are then removed again, except those that the error
    ///   names.
    public func publish() async throws(PublicationError) -> Summary {
        let validator = PackageValidator(source, fetches: fetches, allowsUnread: true)
        let validation = await validator.validation(recordsDigests: true)
        let report = validation.report
        guard let package = validation.package, report.isValid || allowsInvalid else { throw .invalid(report) }
        let paths = package.files(validation.references, besides: validation.path)
        if !replaces { try await requireOwnPlace(package.name, paths) }
        var summary = Summary(report: report)
        var made: [Made] = []
        do throws(PublicationError) {
            try await publish(paths, validation.digests, &summary, &made)
            let outcome = try await translating(validation.path) {
                try await write(validation.descriptor, validation.path)
            }
            Self.note(validation.path, outcome, &summary, &made)
        } catch {
            throw await takingBack(made, error)
        }
        return summary
    }

    private func requireOwnPlace(_ name: String?, _ paths: [PackagePath]) async throws(PublicationError) {
        let other: Neighbours.Package?
        do {
            other = try await Neighbours(client: client, place: place).stranger(to: name, paths)
        } catch let error as S3Error {
            throw .service("\(place) cannot be searched for packages: \(error.code.name): \(error.message)")
        } catch {
            throw .service("\(place) cannot be searched for packages: \(error)")
        }
        if let other { throw .occupied(location: other.location, name: other.name) }
    }

    // MARK: Cleaning up after a failure

    /// An object that did not exist before.
    private struct Made: Sendable {
        let path: PackagePath
        let object: WrittenObject
    }

    private enum Outcome: Sendable {
        case unchanged
        /// `made` is nil if the object replaced another.
        case written(made: Made?)
    }

    private static func note(_ path: PackagePath, _ outcome: Outcome, _ summary: inout Summary, _ made: inout [Made]) {
        switch outcome {
        case .unchanged: summary.unchanged.append("\(path)")
        case .written(let object):
            summary.written.append("\(path)")
            if let object { made.append(object) }
        }
    }

    /// Deletes the created objects, unless they were overwritten in the meantime, and adds those that remain to the
    /// error.
    private func takingBack(_ made: [Made], _ error: PublicationError) async -> PublicationError {
        var left: [String] = []
        for object in made {
            do {
                let version = object.object.version
                _ = try await client.deleteObject(
                    bucket: place.bucket, key: try place.key(object.path), version: version,
                    ifMatches: version == nil ? object.object.eTag : nil)
            } catch {
                // The reason does not matter: the error reports that the object still exists.
                left.append("\(object.path)")
            }
        }
        guard !left.isEmpty else { return error }
        return .service("\(error); these files were written and could not be removed: \(left.joined(separator: ", "))")
    }

    private func publish(
        _ paths: [PackagePath], _ digests: [PackagePath: String], _ summary: inout Summary, _ made: inout [Made]
    ) async throws(PublicationError) {
        let results = await withTaskGroup(of: (Int, Result<Outcome, PublicationError>).self) { group in
            var results: [Int: Result<Outcome, PublicationError>] = [:]
            var hasFailed = false
            for (index, path) in paths.enumerated() {
                // Wait for a running upload to free a slot.
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
        var failure: PublicationError?
        for (index, path) in paths.enumerated() {
            switch results[index] {
            case nil: continue
            case .success(let outcome): Self.note(path, outcome, &summary, &made)
            case .failure(let error): failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func attempt(_ path: PackagePath, _ md5: String?) async -> Result<Outcome, PublicationError> {
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
            throw .service("\(path) cannot be written: \(error.code.name): \(error.message)")
        } catch {
            throw .service("\(path) cannot be written: \(error)")
        }
    }

    // MARK: One file

    /// - Parameter md5: the MD5 of the validated content; nil if it could not be read.
    private func write(_ path: PackagePath, _ md5: String?) async throws -> Outcome {
        guard let md5 else {
            // Opening the file again reports the reason.
            _ = try await source.open(path)
            throw SourceError.failed("it was not read completely during validation")
        }
        let presence = try await presence(path, md5)
        if presence == .same { return .unchanged }
        let object = try await client.upload(
            pieces: FilePieces(file: try await source.open(path), md5: md5), bucket: place.bucket,
            key: try place.key(path),
            settings: settings(path, md5))
        return .written(made: presence == .absent ? Made(path: path, object: object) : nil)
    }

    private func write(_ bytes: [UInt8], _ path: PackagePath) async throws -> Outcome {
        let md5 = hex(Digest.of(bytes, .md5))
        let presence = try await presence(path, md5)
        if presence == .same { return .unchanged }
        let object = try await client.putObject(
            bucket: place.bucket, key: try place.key(path), body: bytes, settings: settings(path, md5))
        return .written(made: presence == .absent ? Made(path: path, object: object) : nil)
    }

    private enum Presence { case absent, same, other }

    /// Compares a file with the existing object. The MD5 is the ETag of an object written in a single request; other
    /// objects have it as metadata, which is valid only if the size matches too. An object with a content encoding
    /// counts as different, since readers get other bytes.
    private func presence(_ path: PackagePath, _ md5: String) async throws -> Presence {
        do {
            let info = try await client.headObject(bucket: place.bucket, key: try place.key(path))
            guard ContentCodings(info.contentEncoding).isEmpty else { return .other }
            if info.eTag.value == md5 { return .same }
            // Appending to an object does not change its metadata, so the size is compared too.
            guard info.metadata[Self.md5Name] == md5 else { return .other }
            return try await source.information(path).byteCount == info.byteCount ? .same : .other
        } catch let error as S3Error where error.code.status == 404 {
            return .absent
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

extension PackageDescriptor {
    /// Returns all files of the package except the descriptor, each once.
    ///
    /// - Parameter references: the schemas and dialects in separate files.
    func files(_ references: [PackagePath], besides descriptor: PackagePath) -> [PackagePath] {
        var seen: Set<PackagePath> = [descriptor]
        let data = resources.flatMap { resource in
            if case .paths(let paths) = resource.content { paths } else { [] as [PackagePath] }
        }
        return (data + references).filter { seen.insert($0).inserted }
    }
}
