import CofferClient
import CofferModel

/// The settings of objects to be stored, as given on the command line.
struct GivenSettings: Sendable {
    private let given: ObjectSettings
    private let hasTags: Bool

    static let options = [
        Option("content-type", "TYPE", help: "such as text/csv; otherwise it is guessed from the name's extension"),
        Option("content-encoding", "CODING", help: "such as gzip"),
        Option("content-disposition", "TEXT", help: "such as 'attachment; filename=\"a.csv\"'"),
        Option("content-language", "TAG", help: "such as pl"),
        Option("cache-control", "TEXT", help: "such as max-age=3600"),
        Option("expires", "TIME", help: "until when caches may keep it, such as 2027-01-01T00:00:00Z"),
        Option("metadata", "NAME=VALUE", isRepeatable: true, help: "metadata of your own; may be repeated"),
        Option("tag", "KEY=VALUE", isRepeatable: true, help: "a tag of the objects; may be repeated"),
        Option("acl", "ACL", help: "a canned ACL, such as public-read"),
        Option("storage-class", "CLASS", help: "such as STANDARD_IA"),
        Option("sse", "AES256|aws:kms", help: "encrypt with the service's keys, or with a key of the key service"),
        Option("sse-kms-key-id", "ID", help: "with --sse aws:kms: which key"),
    ]

    init(_ options: Options) throws {
        var settings = ObjectSettings(contentType: options["content-type"])
        settings.contentEncoding = options["content-encoding"]
        settings.contentDisposition = options["content-disposition"]
        settings.contentLanguage = options["content-language"]
        settings.cacheControl = options["cache-control"]
        settings.expires = try options["expires"].map { text in
            guard let time = Timestamp(parsing: text) else {
                throw options.usage("--expires \(text): the form is 2027-01-01T00:00:00Z")
            }
            return time
        }
        for pair in try options.pairs("metadata") { settings.metadata[pair.name.lowercased()] = pair.value }
        settings.tags = try options.pairs("tag").map { Tag(key: $0.name, value: $0.value) }
        settings.acl = try options.choice("acl")
        settings.storageClass = options["storage-class"]
        switch options["sse"] {
        case nil where options["sse-kms-key-id"] == nil: break
        case nil: throw options.usage("--sse-kms-key-id goes with --sse aws:kms")
        case "AES256" where options["sse-kms-key-id"] != nil:
            throw options.usage("--sse-kms-key-id goes with --sse aws:kms")
        case "AES256": settings.encryption = .s3
        case "aws:kms": settings.encryption = .kms(keyID: options["sse-kms-key-id"])
        case let word?: throw options.usage("--sse \(word): allowed are AES256, aws:kms")
        }
        given = settings
        hasTags = !settings.tags.isEmpty
        isEmpty = Self.options.allSatisfy { !options.isOnCommandLine($0.name) }
    }

    /// Whether nothing is given, so that a copy keeps all settings of its source.
    let isEmpty: Bool

    func forUpload(_ path: String) -> ObjectSettings {
        var settings = given
        settings.contentType = given.contentType ?? ContentTypes.type(of: path)
        return settings
    }

    /// Returns the settings of a source, overridden by those given.
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
            settings.tags = try await source.client.getObjectTagging(
                bucket: source.bucket, key: key, version: info.version)
        }
        return settings
    }
}
