import CofferClient
import CofferModel
import CofferTransfer

/// `coffer du`: the number and size of the objects below a prefix.
enum DiskUsageCommand {
    static let command = Command(
        name: "du", operands: "s3://BUCKET[/PREFIX]",
        summary: "Add up the sizes of objects whose keys have a prefix",
        details: """
            Columns: bytes, objects, prefix; with --all: bytes, versions, uncompleted uploads, prefix. The
            parts of an upload that was neither completed nor aborted take up space too; 'coffer uploads'
            lists and aborts such uploads.

            Example
              coffer du --depth 1 --human-readable s3://books
            """,
        options: [
            Option("depth", "N", help: "also show the sums of folders, down to N levels below the prefix"),
            Option("versions", help: "count all versions, not only the latest"),
            Option("all", letter: "a", help: "count all versions and the parts of uncompleted uploads"),
            Option("human-readable", help: "write sizes such as 1.5 MiB"),
        ] + Connection.options,
        isInterruptible: true, run: run)

    private static func run(_ options: Options) async throws -> ExitCode {
        let (store, prefix) = try options.location()
        var usage = Usage(
            prefixByteCount: prefix.utf8.count, depth: try options.number("depth", in: 0...1024) ?? 0)
        try await store.naming { try await count(store, prefix, options, &usage) }
        let writer = ItemWriter(options)
        for (prefix, sum) in usage.folders + [(Array(prefix.utf8), usage.total)] {
            try write(sum, store, prefix, options, to: writer)
        }
        try writer.end()
        return .success
    }

    private static func count(
        _ store: Store, _ prefix: String, _ options: Options, _ usage: inout Usage
    ) async throws {
        let isAll = options.isGiven("all")
        if isAll || options.isGiven("versions") {
            for try await version in store.client.listObjectVersions(bucket: store.bucket, prefix: prefix) {
                usage.add(version.key, version.byteCount)
            }
        } else {
            for try await object in store.client.listObjects(bucket: store.bucket, prefix: prefix) {
                usage.add(object.key, object.byteCount)
            }
        }
        guard isAll else { return }
        for try await listed in store.client.listMultipartUploads(bucket: store.bucket, prefix: prefix) {
            guard let parts = try await store.usage(of: listed.upload) else { continue }
            usage.add(listed.upload.key, parts.byteCount, isUpload: true)
        }
    }

    private static func write(
        _ sum: Usage.Sum, _ store: Store, _ prefix: [UInt8], _ options: Options, to writer: ItemWriter
    ) throws {
        let size = options.isGiven("human-readable") ? ByteCounts.text(sum.byteCount) : String(sum.byteCount)
        let isAll = options.isGiven("all")
        let uploads = isAll ? "\t\(sum.uploadCount)" : ""
        var members: [(String, JSONText)] = [
            ("Prefix", .string(String(decoding: prefix, as: UTF8.self))), ("Size", .number(sum.byteCount)),
            ("Objects", .number(sum.objectCount)),
        ]
        if isAll {
            members += [("Uploads", .number(sum.uploadCount)), ("UploadSize", .number(sum.uploadByteCount))]
        }
        try writer.write("\(size)\t\(sum.objectCount)\(uploads)\t\(printable(store.url(prefix)))", members)
    }
}

/// Sums of a listing, by folder.
private struct Usage {
    struct Sum {
        /// The size of the objects and the uploads.
        private(set) var byteCount: Int64 = 0
        private(set) var objectCount = 0
        private(set) var uploadCount = 0
        private(set) var uploadByteCount: Int64 = 0

        mutating func add(_ byteCount: Int64, isUpload: Bool) {
            self.byteCount += byteCount
            guard isUpload else {
                objectCount += 1
                return
            }
            uploadCount += 1
            uploadByteCount += byteCount
        }
    }

    private let prefixByteCount: Int
    private let depth: Int
    private(set) var total = Sum()
    private var sums: [[UInt8]: Sum] = [:]

    init(prefixByteCount: Int, depth: Int) {
        self.prefixByteCount = prefixByteCount
        self.depth = depth
    }

    mutating func add(_ key: ObjectKey, _ byteCount: Int64, isUpload: Bool = false) {
        total.add(byteCount, isUpload: isUpload)
        guard depth > 0 else { return }
        var level = 0
        for (index, byte) in key.bytes.enumerated().dropFirst(prefixByteCount) where byte == UInt8(ascii: "/") {
            level += 1
            guard level <= depth else { break }
            sums[Array(key.bytes[...index]), default: Sum()].add(byteCount, isUpload: isUpload)
        }
    }

    /// The sums of the folders, in the order of their names.
    var folders: [([UInt8], Sum)] {
        sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }
}
