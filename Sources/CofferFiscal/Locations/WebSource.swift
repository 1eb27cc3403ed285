import CofferModel

/// A package on a web server, read by anonymous GETs.
public struct WebSource: PackageSource {
    public let location: String
    public let hasETags = true
    public let descriptor: PackagePath?
    /// The base URL, with a trailing slash.
    private let base: String

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

    public func open(_ path: PackagePath) async throws(SourceError) -> any PackageFile {
        try await RemoteFile.open(url(path))
    }

    public func information(_ path: PackagePath) async throws(SourceError) -> FileInformation {
        try await RemoteFile.information(url(path))
    }

    private func url(_ path: PackagePath) -> String {
        base + PercentEncoding.encode(path.description.utf8, keepingSlash: true)
    }
}
