import CofferClient
import CofferModel

/// Reads files at URLs outside of a package with anonymous GETs.
enum RemoteFile {
    static func open(_ url: String) async throws(SourceError) -> any PackageFile {
        try await content("GET", url).file()
    }

    static func information(_ url: String) async throws(SourceError) -> FileInformation {
        FileInformation(try await content("HEAD", url).head)
    }

    /// Reads a complete document.
    ///
    /// - Returns: nil if it is larger than the limit.
    static func read(_ url: String, limit: Int) async throws(SourceError) -> [UInt8]? {
        try await open(url).bytes(limit: limit)
    }

    static func content(_ method: String, _ url: String) async throws(SourceError) -> WebContent {
        let content: WebContent
        do {
            content = try await WebContent.open(method, url)
        } catch {
            throw .failed("\(error)")
        }
        switch content.head.status {
        case 200: return content
        case 404, 410: throw .missing
        case 401: throw .failed("the server answers 401: it requires a password, which cannot be given")
        case 403:
            throw .refused(
                "the server answers 403 to a request without keys: it is private or does not exist. Read a private "
                    + "bucket with your keys, as s3://BUCKET/KEY")
        default: throw .failed("the server answers \(content.head.status)")
        }
    }
}

extension WebContent {
    /// Returns the body with its content encoding removed.
    func file() throws(SourceError) -> any PackageFile {
        try ContentCodings(head["content-encoding"]).decoded(WebFile(self))
    }
}

extension FileInformation {
    init(_ head: HTTPResponseHead) {
        let isDecoded = !ContentCodings(head["content-encoding"]).isEmpty
        self.init(
            byteCount: isDecoded ? nil : head["content-length"].flatMap { Int64($0) },
            etag: head["etag"].map { ETag(header: $0).value }, isDecoded: isDecoded)
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
