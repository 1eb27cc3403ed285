import CofferClient
import CofferModel

/// `coffer uploads …`: multipart uploads that were neither completed nor aborted. Their parts take up space, and no
/// listing of objects shows them.
enum UploadCommands {
    private static let olderThan = Option(
        "older-than", "AGE", help: "only uploads that were begun so long ago: 90s, 30m, 12h, 7d, 2w or 1d12h")

    static let all = [
        Command(
            name: "uploads list", operands: "s3://BUCKET[/PREFIX]", operandCount: 1...1,
            summary: "list uploads in parts that were not completed",
            details: """
                Columns: begun, bytes of the parts, upload id, key.

                Example
                  coffer uploads list --older-than 7d s3://books
                """,
            options: [olderThan, Option("human-readable", help: "write sizes as 1.5 MiB")] + Connection.options,
            run: { options in try await interruptible { try await list(options) } }),
        Command(
            name: "uploads abort", operands: "s3://BUCKET[/PREFIX]", operandCount: 1...1,
            summary: "abort such uploads, and free what their parts take",
            details: """
                All uploads to keys that begin with the prefix are aborted, those that are still going on too: --older-than
                spares them. What was uploaded before can then not be resumed.

                Examples
                  coffer uploads abort --older-than 7d --dry-run s3://books
                  coffer uploads abort --upload-id ID s3://books/2026/budget.csv
                """,
            options: [olderThan, Option("upload-id", "ID", help: "only the upload that has this id")]
                + Runner.options + Console.options.filter { $0.name != "no-progress" } + Connection.options,
            run: { options in try await interruptible { try await abort(options) } }),
    ]

    private static func list(_ options: Options) async throws -> ExitCode {
        let url = try S3URL(options.operands[0])
        let store = try Store(url, options)
        let age = try Age(options, "older-than")
        let isHumanReadable = options.isGiven("human-readable")
        let writer = ItemWriter(options)
        try await store.naming {
            for try await listed in store.client.listMultipartUploads(bucket: store.bucket, prefix: url.key)
            where age.includes(listed.initiated) {
                guard let usage = try await store.usage(of: listed.upload) else { continue }
                let key = listed.upload.key.description
                let size = isHumanReadable ? ByteCounts.text(usage.byteCount) : String(usage.byteCount)
                try writer.write(
                    "\(localTime(listed.initiated)) \(padded(size)) \(printable(listed.upload.id)) \(printable(key))",
                    [
                        ("Key", .string(key)), ("UploadId", .string(listed.upload.id)),
                        ("Initiated", .string(listed.initiated.iso8601)), ("Parts", .number(usage.partCount)),
                        ("Size", .number(usage.byteCount)), ("StorageClass", JSONText(listed.storageClass)),
                    ])
            }
        }
        try writer.end()
        return .success
    }

    private static func abort(_ options: Options) async throws -> ExitCode {
        let url = try S3URL(options.operands[0])
        let store = try Store(url, options)
        let age = try Age(options, "older-than")
        let id = options["upload-id"]
        let console = Console(options)
        var foundCount = 0
        try await store.naming {
            for try await listed in store.client.listMultipartUploads(bucket: store.bucket, prefix: url.key)
            where age.includes(listed.initiated) && (id ?? listed.upload.id) == listed.upload.id {
                foundCount += 1
                try await abort(listed.upload, store, console, isDryRun: options.isGiven("dry-run"))
            }
        }
        if let id, foundCount == 0 {
            try console.end()
            throw CommandError("there is no upload \(printable(id)) in \(printable(store.url(Array(url.key.utf8))))")
        }
        try console.end()
        guard console.failedCount == 0 else {
            throw CommandError("\(console.failedCount) of \(foundCount) failed")
        }
        return .success
    }

    private static func abort(
        _ upload: MultipartUpload, _ store: Store, _ console: Console, isDryRun: Bool
    ) async throws {
        let target = store.url(upload.key.bytes)
        let members: [(name: String, value: String?)] = [
            ("Action", "abort_upload"), ("Target", target), ("UploadId", upload.id),
        ]
        let line = "abort_upload: \(printable(target)) (\(printable(upload.id)))"
        guard !isDryRun else {
            let json = members.map { (name: $0.name, value: Optional(JSONText($0.value))) }
            return try console.tell("(dry run) " + line, json: json + [("DryRun", .bool(true))])
        }
        do {
            try await store.client.abortMultipartUpload(upload: upload)
        } catch let error as S3Error where error.code.name != "NoSuchUpload" {
            return try console.fail("abort of the upload to \(printable(target))", members, error)
        } catch is S3Error {}  // It has ended in the meantime.
        try console.tell(line, members)
    }
}

/// Returns text right-aligned in ten columns, as in `aws s3 ls`, or in more if it is longer.
func padded(_ text: String) -> String { String(repeating: " ", count: max(0, 10 - text.count)) + text }

extension Store {
    /// Returns the number and size of an upload's parts; nil for an upload that has ended.
    func usage(of upload: MultipartUpload) async throws -> (partCount: Int, byteCount: Int64)? {
        var usage = (partCount: 0, byteCount: Int64(0))
        do {
            for try await part in client.listParts(upload: upload) {
                usage.partCount += 1
                usage.byteCount += part.byteCount ?? 0
            }
        } catch let error as S3Error where error.code.name == "NoSuchUpload" {
            return nil
        }
        return usage
    }
}
