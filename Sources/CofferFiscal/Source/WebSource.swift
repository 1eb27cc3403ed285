import CofferClient
import CofferModel

/// A package on a web server, read by anonymous GETs.
public struct WebSource: PackageSource {
    public let location: String
    public let hasETags = true
    /// Ends with a slash.
    private let base: String

    /// - Parameter url: of the package's directory, or of its `datapackage.json`; `http` or `https`.
    /// - Throws: ``PackagePath/Fault`` for another URL, or one with a query, which would not lead to other files.
    public init(_ url: String) throws(PackagePath.Fault) {
        guard ["http", "https"].contains(PackagePath.scheme(of: url)), !url.contains("?"), !url.contains("#") else {
            throw PackagePath.Fault(reason: "it is no http or https URL without a query")
        }
        location = url
        let descriptor = PackagePath.descriptor.description
        let place = url.hasSuffix("/\(descriptor)") ? String(url.dropLast(descriptor.utf8.count)) : url
        base = place.hasSuffix("/") ? place : place + "/"
    }

    public func open(_ path: PackagePath) async throws(SourceError) -> any PackageFile {
        WebFile(try await content("GET", path))
    }

    public func information(_ path: PackagePath) async throws(SourceError) -> FileInformation {
        FileInformation(try await content("HEAD", path).head)
    }

    private func content(_ method: String, _ path: PackagePath) async throws(SourceError) -> WebContent {
        let url = base + PercentEncoding.encode(path.description.utf8, keepingSlash: true)
        let content: WebContent
        do {
            content = try await WebContent.open(method, url)
        } catch {
            throw .failed("\(error)")
        }
        switch content.head.status {
        case 200: return content
        case 404, 410: throw .missing
        case 401: throw .failed("the server answers 401: it wants a password, and none is sent")
        case 403: throw .refused("the server answers 403, as S3 does where there is no such object")
        default: throw .failed("the server answers \(content.head.status)")
        }
    }
}

extension FileInformation {
    fileprivate init(_ head: HTTPResponseHead) {
        self.init(
            byteCount: head["content-length"].flatMap { Int64($0) }, etag: head["etag"].map { ETag(header: $0).value })
    }
}

private final class WebFile: PackageFile {
    private let content: WebContent

    init(_ content: WebContent) { self.content = content }

    var information: FileInformation { FileInformation(content.head) }

    func next() async throws(SourceError) -> [UInt8]? {
        do {
            return try await content.next()
        } catch {
            throw .failed("\(error)")
        }
    }
}
