public import CofferClient
public import CofferModel

/// A place in a bucket where a package is or will be: `s3://bucket/owner/name/`.
public struct BucketPlace: Sendable, Hashable, CustomStringConvertible {
    public let bucket: BucketName
    /// What keys begin with; empty, or with a slash at its end.
    public let prefix: String
    /// The descriptor that the place was given by, where it was.
    public let descriptor: PackagePath?

    /// - Parameter text: `s3://`, the bucket, and the prefix; a slash at its end, and the descriptor's name, may be left out.
    /// - Throws: `S3Error` for a bucket's name that is none; ``PackagePath/Fault`` for a prefix that is not safe.
    public init(_ text: String) throws {
        let scheme = "s3://"
        guard text.hasPrefix(scheme) else { throw PackagePath.Fault(reason: "it does not begin with s3://") }
        let rest = text.dropFirst(scheme.count)
        bucket = try BucketName(String(rest.prefix { $0 != "/" }))
        var path = String(rest.drop { $0 != "/" }.dropFirst())
        (path, descriptor) = PackagePath.withoutDescriptor(path)
        if path.hasSuffix("/") { path.removeLast() }
        prefix = path.isEmpty ? "" : "\(try PackagePath(path))/"
    }

    public var description: String { "s3://\(bucket)/\(prefix)" }

    /// The key of a file.
    ///
    /// - Throws: `S3Error` for one that would be too long.
    func key(_ path: PackagePath) throws(S3Error) -> ObjectKey { try ObjectKey("\(prefix)\(path)") }
}

extension BucketPlace {
    /// The packages at or below this place, by the keys of their descriptors.
    public func packages(_ client: S3Client) async throws -> [String] {
        var found: [String] = []
        for try await object in client.listObjects(bucket, prefix: prefix) {
            let place = PackagePath.withoutDescriptor(object.key.description)
            guard place.descriptor != nil else { continue }
            let package = "s3://\(bucket)/\(place.directory.isEmpty ? "" : "\(place.directory)/")"
            // There may be one as JSON and one as YAML.
            if found.last != package { found.append(package) }
        }
        return found
    }
}
