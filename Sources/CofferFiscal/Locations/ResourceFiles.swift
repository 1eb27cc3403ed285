/// The files of a package's resources, including those at URLs that its descriptor names.
struct ResourceFiles: Sendable {
    let source: any PackageSource

    func open(_ place: FilePlace) async throws(SourceError) -> any PackageFile {
        switch place {
        case .path(let path): try await source.open(path)
        case .url(let url): try await RemoteFile.open(url)
        }
    }

    /// Returns an identifier that changes with the file's content; nil if there is none.
    func etag(_ place: FilePlace) async throws(SourceError) -> String? {
        switch place {
        case .path(let path): try await source.information(path).etag
        case .url(let url): try await RemoteFile.information(url).etag
        }
    }

    func hasETag(_ place: FilePlace) -> Bool {
        if case .url = place { true } else { source.hasETags }
    }
}
