import CofferClient
import CofferModel
import CofferTransfer

/// `coffer cat`, `coffer stat` and `coffer presign`: one object at a time.
enum ReadCommands {
    private static let version = Option("version-id", "ID", help: "use this version instead of the latest")

    static let all = [
        Command(
            name: "cat", operands: "s3://BUCKET/KEY…",
            summary: "Write objects to standard output",
            details: """
                Example
                  coffer cat --range 0-99 s3://books/budget.csv
                """,
            options: [
                version,
                Option(
                    "range", "FIRST-LAST",
                    help: "write only these bytes; 100- is from byte 100 to the end, -100 is the last 100"
                ),
            ] + Connection.options.filter { $0.name != "json" },
            isInterruptible: true, run: cat),
        Command(
            name: "stat", operands: "s3://BUCKET[/KEY]",
            summary: "Show the properties of an object or a bucket",
            options: [version] + Connection.options, run: stat),
        Command(
            name: "presign", operands: "s3://BUCKET/KEY",
            summary: "Print a URL that lets anyone read or write an object",
            details: """
                The URL is valid for an hour, or for --expires-in SECONDS.

                Examples
                  curl -o budget.csv "$(coffer presign s3://books/budget.csv)"
                  curl -T budget.csv "$(coffer presign --put --expires-in 300 s3://books/budget.csv)"
                """,
            options: [
                version,
                Option(
                    "expires-in", "SECONDS", help: "set how long the URL is valid, 1 to 604800 (a week); default: 3600"),
                Option("put", help: "make a URL for writing the object"),
                Option("content-type", "TYPE", help: "with --put: require this Content-Type of the request"),
            ] + Connection.options, run: presign),
    ]

    private static func cat(_ options: Options) async throws -> ExitCode {
        let range = try options["range"].map { text in
            guard let range = ByteRange("bytes=\(text)") else {
                throw options.usage("--range \(text): the form is FIRST-LAST, FIRST- or -COUNT")
            }
            return range
        }
        let version = options["version-id"].map { VersionID(opaque: $0) }
        for index in options.operands.indices {
            let (store, key) = try options.object(index)
            try await store.naming(key.bytes, version: version) {
                try await store.client.getObject(bucket: store.bucket, key: key, version: version, range: range)
                    .write { try StandardOutput.shared.write($0, isLast: true) }
            }
        }
        return .success
    }

    @Sendable private static func stat(_ options: Options) async throws -> ExitCode {
        let url = try S3URL(options.operands[0])
        let store = try Store(url, options)
        guard !url.key.isEmpty else {
            guard options["version-id"] == nil else { throw options.usage("--version-id needs an object: \(url)KEY") }
            return try await statBucket(store, options)
        }
        let key = try ObjectKey(url.key)
        let version = options["version-id"].map { VersionID(opaque: $0) }
        let info = try await store.naming(key.bytes, version: version) {
            try await store.client.headObject(bucket: store.bucket, key: key, version: version)
        }
        let isJSON = options.wantsJSON
        let lock = info.lock
        var members: [(name: String, value: String?)] = [
            ("Key", url.key), ("ContentLength", String(info.byteCount)),
            ("ETag", info.eTag.value),
            ("LastModified", info.lastModified?.iso8601), ("ContentType", info.contentType),
            ("ContentEncoding", info.contentEncoding), ("ContentDisposition", info.contentDisposition),
            ("ContentLanguage", info.contentLanguage), ("CacheControl", info.cacheControl),
            ("Expires", info.expires), ("VersionId", info.version?.description),
            ("StorageClass", info.storageClass ?? "STANDARD"), ("ServerSideEncryption", info.encryption),
            ("TagCount", info.tagCount == 0 ? nil : String(info.tagCount)),
            ("ObjectLockMode", lock.retention?.mode.rawValue),
            ("ObjectLockRetainUntilDate", lock.retention?.until.iso8601),
            ("ObjectLockLegalHold", lock.legalHold.map { $0 ? "ON" : "OFF" }),
        ]
        members += info.checksums.map { (name: $0.algorithm.element, value: $0.value) }
        if !info.checksums.isEmpty { members.append(("ChecksumType", info.checksumType.rawValue)) }
        let metadata = info.metadata.sorted { $0.key < $1.key }
        guard isJSON else {
            printRecord(
                members + metadata.map { (name: "Metadata.\($0.key)", value: $0.value) }, asJSON: false)
            return .success
        }
        var json = members.map { (name: $0.name, value: JSONText($0.value)) }
        json[1].value = .number(info.byteCount)
        json.append(("Metadata", .object(metadata.map { (name: $0.key, value: .string($0.value)) })))
        print(JSONText.object(json).text)
        return .success
    }

    private static func statBucket(_ store: Store, _ options: Options) async throws -> ExitCode {
        let (region, versioning) = try await store.naming {
            (
                try await store.client.headBucket(bucket: store.bucket),
                try await store.client.getBucketVersioning(bucket: store.bucket)
            )
        }
        let uploadCount = try await uploadCount(store)
        guard !options.wantsJSON else {
            print(
                JSONText.object([
                    ("Bucket", .string(store.bucket.description)), ("Region", .some(JSONText(region))),
                    ("Versioning", .some(JSONText(versioning.status))),
                    ("UncompletedUploads", uploadCount.map { .number($0) } ?? .null),
                ]).text)
            return .success
        }
        printRecord(
            [
                ("Bucket", store.bucket.description), ("Region", region), ("Versioning", versioning.status),
                ("UncompletedUploads", uploadCount.map(String.init)),
            ], asJSON: false)
        return .success
    }

    /// - Returns: nil if the service does not list uploads, or not for these access keys.
    private static func uploadCount(_ store: Store) async throws -> Int? {
        do {
            var count = 0
            for try await _ in store.client.listMultipartUploads(bucket: store.bucket) { count += 1 }
            return count
        } catch is S3Error {
            return nil
        }
    }

    @Sendable private static func presign(_ options: Options) async throws -> ExitCode {
        let (store, key) = try options.object()
        let seconds = try options.number("expires-in", in: 1...604_800) ?? 3600
        let url: String
        if options.isGiven("put") {
            guard options["version-id"] == nil else {
                throw options.usage("--version-id cannot be used with --put, which writes a new version")
            }
            let settings = ObjectSettings(contentType: options["content-type"])
            url = try await store.client.presignedPut(
                bucket: store.bucket, key: key, settings: settings, seconds: seconds)
        } else {
            guard options["content-type"] == nil else { throw options.usage("--content-type needs --put") }
            url = try await store.client.presignedGet(
                bucket: store.bucket, key: key, version: options["version-id"].map { VersionID(opaque: $0) },
                seconds: seconds)
        }
        if options.wantsJSON { printRecord([("Url", url)], asJSON: true) } else { print(url) }
        return .success
    }
}
