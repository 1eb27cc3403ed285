import CofferClient
import CofferModel

/// How objects are to be stored, as far as the command line says.
struct GivenSettings: Sendable {
    private let given: ObjectSettings
    private let hasTags: Bool

    static let options = [
        Option("content-type", "TYPE", help: "such as text/csv; otherwise it follows from the name's ending"),
        Option("content-encoding", "CODING", help: "such as gzip"),
        Option("content-disposition", "TEXT", help: "such as 'attachment; filename=\"a.csv\"'"),
        Option("content-language", "TAG", help: "such as pl"),
        Option("cache-control", "TEXT", help: "such as max-age=3600"),
        Option("expires", "TIME", help: "when caches may keep it no longer, such as 2027-01-01T00:00:00Z"),
        Option("metadata", "NAME=VALUE", isRepeatable: true, help: "metadata of your own; may be repeated"),
        Option("tag", "KEY=VALUE", isRepeatable: true, help: "a tag of the objects; may be repeated"),
        Option("acl", "ACL", help: "a canned ACL, such as public-read"),
        Option("storage-class", "CLASS", help: "such as STANDARD_IA"),
        Option("sse", "AES256|aws:kms", help: "encrypt with the service's keys, or with one of the key service"),
        Option("sse-kms-key-id", "ID", help: "which key"),
    ]

    init(_ options: Options) throws {
        var settings = ObjectSettings(contentType: options["content-type"])
        settings.contentEncoding = options["content-encoding"]
        settings.contentDisposition = options["content-disposition"]
        settings.contentLanguage = options["content-language"]
        settings.cacheControl = options["cache-control"]
        settings.expires = try options["expires"].map { text in
            guard let time = Timestamp(parsing: text) else { throw options.usage("--expires \(text) is no time") }
            return time
        }
        for pair in try options.pairs("metadata") { settings.metadata[pair.name.lowercased()] = pair.value }
        settings.tags = try options.pairs("tag").map { Tag(key: $0.name, value: $0.value) }
        settings.acl = try options.choice("acl")
        settings.storageClass = options["storage-class"]
        switch options["sse"] {
        case nil: break
        case "AES256": settings.encryption = .s3
        case "aws:kms": settings.encryption = .kms(keyID: options["sse-kms-key-id"])
        case let word?: throw options.usage("--sse \(word): it is AES256 or aws:kms")
        }
        given = settings
        hasTags = !settings.tags.isEmpty
        isEmpty = Self.options.allSatisfy { !options.isOnCommandLine($0.name) }
    }

    /// Whether a copy keeps all that its source has.
    let isEmpty: Bool

    func forUpload(_ path: String) -> ObjectSettings {
        var settings = given
        settings.contentType = given.contentType ?? ContentTypes.type(of: path)
        return settings
    }

    /// What a source has, and in its place what is given.
    func forCopy(_ info: ObjectInfo, _ source: Store, _ key: ObjectKey) async throws -> ObjectSettings {
        var settings = given
        let old = ObjectSettings(of: info)
        settings.contentType = given.contentType ?? old.contentType
        settings.contentEncoding = given.contentEncoding ?? old.contentEncoding
        settings.contentDisposition = given.contentDisposition ?? old.contentDisposition
        settings.contentLanguage = given.contentLanguage ?? old.contentLanguage
        settings.cacheControl = given.cacheControl ?? old.cacheControl
        settings.expires = given.expires ?? old.expires
        settings.storageClass = given.storageClass ?? old.storageClass
        settings.metadata = old.metadata.merging(given.metadata) { $1 }
        if !hasTags, info.tagCount > 0 {
            settings.tags = try await source.client.getObjectTagging(source.bucket, key, version: info.version)
        }
        return settings
    }
}

/// The media types of files by the endings of their names.
enum ContentTypes {
    /// nil for an ending that says nothing; the service has its own word for that then.
    static func type(of path: String) -> String? {
        let name = path.utf8.split(separator: slash).last.map { String(Substring($0)) } ?? ""
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        return types[name[name.index(after: dot)...].lowercased()]
    }

    /// Source: IANA, "Media Types".
    private static let types = [
        "csv": "text/csv", "tsv": "text/tab-separated-values", "txt": "text/plain", "md": "text/markdown",
        "html": "text/html", "htm": "text/html", "css": "text/css", "js": "text/javascript", "mjs": "text/javascript",
        "json": "application/json", "geojson": "application/geo+json", "jsonl": "application/x-ndjson",
        "ndjson": "application/x-ndjson", "xml": "application/xml", "yaml": "application/yaml",
        "yml": "application/yaml", "pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip",
        "bz2": "application/x-bzip2", "xz": "application/x-xz", "zst": "application/zstd", "tar": "application/x-tar",
        "7z": "application/x-7z-compressed", "parquet": "application/vnd.apache.parquet", "wasm": "application/wasm",
        "xls": "application/vnd.ms-excel", "doc": "application/msword", "ppt": "application/vnd.ms-powerpoint",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "ods": "application/vnd.oasis.opendocument.spreadsheet", "odt": "application/vnd.oasis.opendocument.text",
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "svg": "image/svg+xml",
        "webp": "image/webp", "avif": "image/avif", "ico": "image/vnd.microsoft.icon", "tif": "image/tiff",
        "tiff": "image/tiff", "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav", "mp4": "video/mp4",
        "webm": "video/webm", "mov": "video/quicktime", "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf",
        "otf": "font/otf",
    ]
}
