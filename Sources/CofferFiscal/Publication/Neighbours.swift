import CofferClient
import CofferModel

/// The existing packages whose location a publication would write into.
struct Neighbours {
    let client: S3Client
    let place: BucketPlace

    /// An existing package.
    struct Package {
        let location: String
        /// The name; nil if the descriptor has none or cannot be read.
        let name: String?
        let isReadable: Bool
        /// The keys of its files and its descriptor.
        let keys: Set<String>
    }

    /// Returns an existing package that would be overwritten in part: one with another name at the same location, or
    /// one above or below it that has one of the files.
    ///
    /// - Parameters:
    ///   - name: the name of the package to publish.
    ///   - paths: the files of the package to publish.
    func stranger(to name: String?, _ paths: [PackagePath]) async throws -> Package? {
        if let own = try await package(at: place.prefix), !own.isReadable || own.name != name { return own }
        let keys = Set((paths + [.descriptor]).map { "\(place.prefix)\($0)" })
        for prefix in prefixes(paths) {
            // A caller who may write here may not be allowed to read above.
            do {
                if let other = try await package(at: prefix), !other.keys.isDisjoint(with: keys) { return other }
            } catch let error as S3Error where error.code == .accessDenied {
                continue
            }
        }
        return nil
    }

    /// Returns the prefixes above the location, and those below it where files will be.
    private func prefixes(_ paths: [PackagePath]) -> [String] {
        let above = Self.directories(place.prefix.split(separator: "/").map(String.init)).dropLast()
        let below = Set(paths.flatMap { Self.directories($0.parts.dropLast()) }).subtracting([""])
        return above + below.sorted().map { place.prefix + $0 }
    }

    /// Returns the directories that contain a path: "", "a/" and "a/b/" for `["a", "b"]`.
    private static func directories(_ parts: [String]) -> [String] {
        parts.indices.reduce(into: [""]) { $0.append("\($0.last ?? "")\(parts[$1])/") }
    }

    private func package(at prefix: String) async throws -> Package? {
        for descriptor in PackagePath.descriptors {
            do {
                let key = try ObjectKey("\(prefix)\(descriptor)")
                _ = try await client.headObject(bucket: place.bucket, key: key)
                return try await read(prefix, descriptor)
            } catch let error as S3Error where error.code.status == 404 && error.code != .noSuchBucket {
                continue
            }
        }
        return nil
    }

    private func read(_ prefix: String, _ descriptor: PackagePath) async throws -> Package? {
        let location = "s3://\(place.bucket)/\(prefix)"
        let source = BucketSource(client, try BucketPlace("\(location)\(descriptor)"))
        var loader = DescriptorLoader(source, findings: Findings(limit: 1))
        let package = await loader.load()
        let paths = (package?.files(loader.referencePaths, besides: descriptor) ?? []) + [descriptor]
        return Package(
            location: location, name: package?.name, isReadable: package != nil,
            keys: Set(paths.map { "\(prefix)\($0)" }))
    }
}
