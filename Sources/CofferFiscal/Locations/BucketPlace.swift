public import CofferClient
public import CofferModel

/// The location of an existing or future package in a bucket: `s3://bucket/owner/name/`.
public struct BucketPlace: Sendable, Hashable, CustomStringConvertible {
    /// The bucket.
    public let bucket: BucketName
    /// The key prefix; empty, or with a trailing slash.
    public let prefix: String
    /// The descriptor, if the location named one.
    public let descriptor: PackagePath?

    /// Parses a location.
    ///
    /// - Parameter text: `s3://`, the bucket, and the prefix; a trailing slash and the descriptor's name are optional.
    /// - Throws: `S3Error` for an invalid bucket name; ``PackagePath/Fault`` for an unsafe prefix.
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

    /// The location as `s3://bucket/prefix/`, without the descriptor.
    public var description: String { "s3://\(bucket)/\(prefix)" }

    /// Returns the key of a file.
    ///
    /// - Throws: `S3Error` if the key would be too long.
    func key(_ path: PackagePath) throws(S3Error) -> ObjectKey { try ObjectKey("\(prefix)\(path)") }
}

extension BucketPlace {
    /// Returns the packages at or below this location, found by the keys of their descriptors.
    ///
    /// - Returns: locations such as `s3://bucket/owner/name/`, in the order of their keys.
    /// - Throws: `S3Error` if the bucket cannot be listed.
    public func packages(_ client: S3Client) async throws -> [String] {
        var found: [String] = []
        for try await object in client.listObjects(bucket: bucket, prefix: prefix) {
            let place = PackagePath.withoutDescriptor(object.key.description)
            guard place.descriptor != nil else { continue }
            let package = "s3://\(bucket)/\(place.directory.isEmpty ? "" : "\(place.directory)/")"
            // A package may have both a JSON and a YAML descriptor.
            if found.last != package { found.append(package) }
        }
        return found
    }
}
