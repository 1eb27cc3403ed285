import CofferClient
import CofferModel
import CofferTransfer

/// `coffer ls`: the buckets, or the contents of one.
enum ListCommand {
    static let command = Command(
        name: "ls", operands: "[s3://BUCKET[/PREFIX]]",
        summary: "List buckets, or objects whose keys have a prefix",
        details: """
            Folders are listed as PRE; -r lists what is in them. As with 'aws s3 ls', names are relative to
            the folder; -r, --versions and --json show whole keys. A prefix is matched letter by letter:
            s3://books/2026 lists 2026.csv and 2026/, and s3://books/2026/ lists what is in that folder.
            Times are local, and UTC with --json.

            Examples
              coffer ls
              coffer ls -r --human-readable --summarize s3://books/2026/
              coffer ls -r --include '*.csv' s3://books
              coffer ls --versions s3://books/budget.csv
            """,
        options: [
            Option("recursive", letter: "r", help: "also list what is in folders"),
            Option("versions", help: "list all versions and delete markers"),
            Option("human-readable", help: "write sizes such as 1.5 MiB; also -lh"),
            Option("summarize", help: "end with the number of objects and their total size"),
            Option(
                "include", "PATTERN", isRepeatable: true,
                help: "list only names that match, such as '*.csv'; * also matches '/'; repeatable"),
            Option(
                "exclude", "PATTERN", isRepeatable: true,
                help: "skip names that match; of all patterns, the last one that matches counts; repeatable"),
            Option("long", letter: "l", help: "show times and sizes; this is always done"),
            Option("all", letter: "a", help: "show names that begin with '.'; this is always done"),
        ] + Connection.options,
        isInterruptible: true, run: run)

    private static func run(_ options: Options) async throws -> ExitCode {
        let url = try S3URL(options.operands.first ?? S3URL.scheme)
        guard url.bucket != nil else {
            let isOfBucket = ["recursive", "versions", "include", "exclude", "summarize"]
            if let name = isOfBucket.first(where: options.isOnCommandLine) {
                throw options.usage("--\(name) needs a bucket: coffer ls --\(name) s3://BUCKET")
            }
            return try await listBuckets(options, alias: url.alias)
        }
        let store = try Store(url, options)
        var lister = Lister(options, prefix: Array(url.key.utf8))
        try await store.naming { try await list(store, url.key, options, &lister) }
        try lister.end()
        return .success
    }

    private static func list(
        _ store: Store, _ prefix: String, _ options: Options, _ lister: inout Lister
    ) async throws {
        if options.isGiven("versions") {
            for try await version in store.client.listObjectVersions(bucket: store.bucket, prefix: prefix) {
                try lister.add(version)
            }
        } else if options.isGiven("recursive") {
            for try await object in store.client.listObjects(bucket: store.bucket, prefix: prefix) {
                try lister.add(object)
            }
        } else {
            for try await entry in store.client.listEntries(bucket: store.bucket, prefix: prefix) {
                switch entry {
                case .object(let object): try lister.add(object)
                case .commonPrefix(let prefix): try lister.add(prefix: prefix)
                }
            }
        }
    }

    private static func listBuckets(_ options: Options, alias: String?) async throws -> ExitCode {
        let client = try Connection(options, alias: alias).client()
        let writer = ItemWriter(options)
        for try await bucket in client.listBuckets() {
            try writer.write(
                "\(localTime(bucket.created)) \(bucket.name)",
                [
                    ("Name", .string(bucket.name.description)), ("CreationDate", .string(bucket.created.iso8601)),
                    ("BucketRegion", JSONText(bucket.region)),
                ])
        }
        try writer.end()
        return .success
    }
}

/// A writer of a listing's entries, which also adds them up.
private struct Lister {
    private let writer: ItemWriter
    private let filter: NameFilter
    /// The length of the folder in the prefix, including its slash.
    private let folderByteCount: Int
    private let isRelative: Bool
    private let isHumanReadable: Bool
    private let isSummarized: Bool
    private var objectCount = 0
    private var byteCount: Int64 = 0

    init(_ options: Options, prefix: [UInt8]) {
        writer = ItemWriter(options)
        filter = NameFilter(options, admitsOthers: options.isOnCommandLine("exclude"))
        folderByteCount = prefix.lastIndex(of: slash).map { $0 + 1 } ?? 0
        isRelative = !options.isGiven("recursive")
        isHumanReadable = options.isGiven("human-readable")
        isSummarized = options.isGiven("summarize") && !options.wantsJSON
    }

    mutating func add(_ object: ListedObject) throws {
        let name = object.key.bytes.dropFirst(folderByteCount)
        guard filter.admits(name) else { return }
        count(object.byteCount)
        let key = object.key.description
        try writer.write(
            "\(localTime(object.lastModified)) \(size(object.byteCount)) \(shown(name, of: key))",
            [
                ("Key", .string(key)), ("Size", .number(object.byteCount)),
                ("LastModified", .string(object.lastModified.iso8601)), ("ETag", .string(object.eTag.value)),
                ("StorageClass", JSONText(object.storageClass)),
            ])
    }

    mutating func add(_ version: ListedVersion) throws {
        guard filter.admits(version.key.bytes.dropFirst(folderByteCount)) else { return }
        count(version.byteCount)
        let key = version.key.description
        let note = (version.isDeleteMarker ? " (deleted)" : "") + (version.isLatest ? " (latest)" : "")
        try writer.write(
            "\(localTime(version.lastModified)) \(size(version.byteCount)) \(version.version) \(printable(key))\(note)",
            [
                ("Key", .string(key)), ("VersionId", .string(version.version.description)),
                ("IsLatest", .bool(version.isLatest)), ("IsDeleteMarker", .bool(version.isDeleteMarker)),
                ("Size", .number(version.byteCount)), ("LastModified", .string(version.lastModified.iso8601)),
                ("ETag", JSONText(version.eTag?.value)), ("StorageClass", JSONText(version.storageClass)),
            ])
    }

    mutating func add(prefix: String) throws {
        let name = prefix.utf8.dropFirst(folderByteCount)
        guard filter.admits(name) else { return }
        let line = String(repeating: " ", count: 20) + padded("PRE") + " " + shown(name, of: prefix)
        try writer.write(line, [("Prefix", .string(prefix))])
    }

    func end() throws {
        try writer.end()
        guard isSummarized else { return }
        let lines = "\nTotal Objects: \(objectCount)\n   Total Size: \(size(byteCount).drop { $0 == " " })\n"
        try StandardOutput.shared.write(Array(lines.utf8), isLast: true)
    }

    private mutating func count(_ byteCount: Int64) {
        objectCount += 1
        self.byteCount += byteCount
    }

    /// Returns a name as `aws s3 ls` shows it: relative to its folder, or the full key with -r.
    private func shown(_ name: some Collection<UInt8>, of key: String) -> String {
        printable(isRelative ? String(decoding: name, as: UTF8.self) : key)
    }

    private func size(_ byteCount: Int64) -> String {
        padded(isHumanReadable ? ByteCounts.text(byteCount) : String(byteCount))
    }
}
