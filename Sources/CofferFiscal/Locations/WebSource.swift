import CofferModel

/// A package on a web server, read by anonymous GETs.
public struct WebSource: PackageSource {
    /// The URL as given.
    public let location: String
    /// Always true; the information of a file has no ETag if the server sends none.
    public let hasETags = true
    /// The descriptor, if the URL named one.
    public let descriptor: PackagePath?
    /// The base URL, with a trailing slash.
    private let base: String

    /// Creates a source; whether the server can be reached is only known when a file is read.
    ///
    /// - Parameter url: the `http` or `https` URL of the package's directory, or of its `datapackage.json`.
    /// - Throws: ``PackagePath/Fault`` for another URL, or one with a query or fragment, from which no other file's URL
    ///   can be derived.
    public init(_ url: String) throws(PackagePath.Fault) {
        guard URLScheme.isWeb(url), !url.contains("?"), !url.contains("#") else {
            throw PackagePath.Fault(reason: "it is not an http or https URL without a query")
        }
        location = url
        let place = PackagePath.withoutDescriptor(url)
        base = place.directory.hasSuffix("/") ? place.directory : place.directory + "/"
        descriptor = place.descriptor
    }

    /// Starts reading a file; gzip and deflate content encodings are decoded.
    ///
    /// - Throws: ``SourceError/missing`` for the status 404 and 410, ``SourceError/refused(_:)`` for 403, and otherwise
    ///   ``SourceError/failed(_:)``.
    public func open(_ path: PackagePath) async throws(SourceError) -> any PackageFile {
        try await RemoteFile.open(url(path))
    }

    /// Returns the size and the ETag of a file, as far as the server sends them.
    ///
    /// - Throws: the same errors as ``open(_:)``.
    public func information(_ path: PackagePath) async throws(SourceError) -> FileInformation {
        try await RemoteFile.information(url(path))
    }

    private func url(_ path: PackagePath) -> String {
        base + PercentEncoding.encode(path.description.utf8, keepingSlash: true)
    }
}
