import CofferClient
import CofferModel
import CofferTransfer

/// The options of `cp`, `mv` and `sync`.
enum CopyOptions {
    static let recursive = Option("recursive", letter: "r", help: "copy everything in a folder")
    static let jobs = Option(
        "jobs", "N",
        help: "run this many transfers at a time, 1 to 64; default: 8; long objects are also sent in parallel parts")
    static let noLinks = Option(
        "no-follow-symlinks", help: "skip symbolic links; without it, links within the directory are followed")
    static let partSize = Option(
        "part-size", "SIZE", help: "send long objects in parts of this size, such as 64MiB; default: 8MiB")
    static let resume = Option(
        "resume", help: "continue an interrupted multipart upload, and keep the parts if this one is interrupted")
    static let settings = [
        Option(
            "content-type", "TYPE", help: "set the Content-Type, such as text/csv; default: by the name's extension"),
        Option("content-encoding", "CODING", help: "set the Content-Encoding, such as gzip"),
        Option(
            "content-disposition", "TEXT", help: "set the Content-Disposition, such as 'attachment; filename=\"a.csv\"'"
        ),
        Option("content-language", "TAG", help: "set the Content-Language, such as pl"),
        Option("cache-control", "TEXT", help: "set the Cache-Control, such as max-age=3600"),
        Option("expires", "TIME", help: "let caches keep it until this time, such as 2027-01-01T00:00:00Z"),
        Option("metadata", "NAME=VALUE", isRepeatable: true, help: "set metadata; repeatable"),
        Option("tag", "KEY=VALUE", isRepeatable: true, help: "set a tag; repeatable"),
        Option("acl", "ACL", help: "set a canned ACL, such as public-read"),
        Option("storage-class", "CLASS", help: "set the storage class, such as STANDARD_IA"),
        Option(
            "sse", "AES256|aws:kms",
            help: "encrypt with the service's own keys (AES256), or with a key of the key service"),
        Option("sse-kms-key-id", "ID", help: "with --sse aws:kms: use this key"),
    ]

    // Of sync only.
    static let delete = Option("delete", help: "delete what is in TO and not in FROM")
    static let force = Option("force", help: "with --delete: delete even if FROM is empty")
    static let comparison = [
        Option("size-only", help: "compare sizes only"),
        Option(
            "checksum",
            help:
                "compare the checksums that the objects were stored with, never the times; without a usable checksum, "
                + "transfer"),
    ]

    static let common =
        [RunOptions.dryRun, jobs] + RunOptions.filter + [RunOptions.quiet, RunOptions.noProgress, noLinks]
        + [partSize, resume] + settings + Connection.options
}

extension EntrySelection {
    init(_ options: Options) {
        self.init(NameFilter(options), followsLinks: !options.isGiven("no-follow-symlinks"))
    }
}

extension Comparison {
    /// - Throws: ``UsageError`` if both options are given.
    init(_ options: Options) throws(UsageError) {
        switch (options.isGiven("size-only"), options.isGiven("checksum")) {
        case (true, true): throw options.usage("give only one of --size-only and --checksum")
        case (true, false): self = .size
        case (false, true): self = .checksum
        case (false, false): self = .content
        }
    }
}

extension TransferWorker {
    /// - Parameter isSingle: whether there is only one transfer, which may then use all the connections.
    init(_ options: Options, moves: Bool = false, isSingle: Bool = false) throws {
        var transfers = TransferOptions(parallelism: isSingle ? 8 : 4, resumes: options.isGiven("resume"))
        if let text = options["part-size"] {
            guard let byteCount = ByteCounts.number(text), (5 << 20...5 << 30).contains(byteCount) else {
                throw options.usage("--part-size \(text) is not allowed; allowed: 5MiB to 5GiB")
            }
            transfers.partByteCount = byteCount
        }
        self.init(try CopySettings(options), transfers, moves: moves) { piece in
            try StandardOutput.shared.write(piece, isLast: true)
        }
    }
}

extension CopySettings {
    fileprivate init(_ options: Options) throws {
        guard CopyOptions.settings.contains(where: { options.isOnCommandLine($0.name) }) else {
            self.init()
            return
        }
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
        settings.encryption = try Self.encryption(options)
        self.init(settings)
    }

    private static func encryption(_ options: Options) throws -> ObjectSettings.Encryption? {
        let key = options["sse-kms-key-id"]
        switch options["sse"] {
        case nil where key == nil: return nil
        case "AES256" where key == nil: return .s3
        case "aws:kms": return .kms(keyID: key)
        case nil, "AES256": throw options.usage("--sse-kms-key-id needs --sse aws:kms")
        case let word?: throw options.usage("--sse \(word) is not allowed; allowed: AES256, aws:kms")
        }
    }
}
