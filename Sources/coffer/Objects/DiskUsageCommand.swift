import CofferClient
import CofferModel

/// `coffer du`: how many bytes and objects there are.
enum DiskUsageCommand {
    static let command = Command(
        name: "du", operands: "s3://BUCKET[/PREFIX]", operandCount: 1...1,
        summary: "add up the sizes of the objects whose keys begin with a prefix",
        details: """
            Columns: bytes, objects, prefix.

            Example
              coffer du --depth 1 --human-readable s3://books
            """,
        options: [
            Option("depth", "N", help: "add up the folders down to N levels below the prefix, too"),
            Option("versions", help: "count all versions, not only the latest"),
            Option("human-readable", help: "write sizes as 1.5 MiB"),
        ] + Connection.options,
        run: { options in try await interruptible { try await run(options) } })

    private static func run(_ options: Options) async throws -> ExitCode {
        let url = try S3URL(options.operands[0])
        let store = try Store(url, options)
        var usage = Usage(
            prefixByteCount: url.key.utf8.count, depth: try options.number("depth", in: 0...1024) ?? 0)
        try await store.naming {
            if options.isGiven("versions") {
                for try await version in store.client.listObjectVersions(store.bucket, prefix: url.key) {
                    usage.add(version.key, version.byteCount)
                }
            } else {
                for try await object in store.client.listObjects(store.bucket, prefix: url.key) {
                    usage.add(object.key, object.byteCount)
                }
            }
        }
        let isHumanReadable = options.isGiven("human-readable")
        let writer = ItemWriter(options)
        for (prefix, sum) in usage.folders + [(Array(url.key.utf8), usage.total)] {
            let size = isHumanReadable ? ByteCounts.text(sum.byteCount) : String(sum.byteCount)
            try writer.write(
                "\(size)\t\(sum.objectCount)\t\(printable(store.url(prefix)))",
                [
                    ("Prefix", .string(String(decoding: prefix, as: UTF8.self))), ("Size", .number(sum.byteCount)),
                    ("Objects", .number(Int64(sum.objectCount))),
                ])
        }
        try writer.end()
        return .success
    }
}

/// Sums of a listing, by folder.
private struct Usage {
    struct Sum {
        var byteCount: Int64 = 0
        var objectCount = 0

        mutating func add(_ byteCount: Int64) {
            self.byteCount += byteCount
            objectCount += 1
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

    mutating func add(_ key: ObjectKey, _ byteCount: Int64) {
        total.add(byteCount)
        guard depth > 0 else { return }
        var level = 0
        for (index, byte) in key.bytes.enumerated().dropFirst(prefixByteCount) where byte == UInt8(ascii: "/") {
            level += 1
            guard level <= depth else { break }
            sums[Array(key.bytes[...index]), default: Sum()].add(byteCount)
        }
    }

    /// In the order of their names.
    var folders: [([UInt8], Sum)] {
        sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }
}
