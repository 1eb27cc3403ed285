import CofferClient
import CofferModel
import CofferTransfer

/// `coffer uploads …`: multipart uploads that were neither completed nor aborted. Their parts take up space, and no
/// listing of objects shows them.
enum UploadCommands {
    private static let olderThan = Option(
        "older-than", "AGE",
        help: "select uploads that began at least this long ago, such as 90s, 30m, 12h, 7d, 2w or 1d12h")

    static let all = [
        Command(
            name: "uploads list", operands: "s3://BUCKET[/PREFIX]",
            summary: "List multipart uploads that were not completed",
            details: """
                Columns: start time, bytes of the parts, upload ID, key.

                Example
                  coffer uploads list --older-than 7d s3://books
                """,
            options: [olderThan, Option("human-readable", help: "write sizes such as 1.5 MiB")] + Connection.options,
            isInterruptible: true, run: list),
        Command(
            name: "uploads abort", operands: "s3://BUCKET[/PREFIX]",
            summary: "Abort uncompleted multipart uploads to free space",
            details: """
                All uploads to keys that begin with the prefix are aborted, including those still in progress,
                unless --older-than spares them. Aborted uploads cannot be resumed.

                Examples
                  coffer uploads abort --older-than 7d --dry-run s3://books
                  coffer uploads abort --upload-id ID s3://books/2026/budget.csv
                """,
            options: [olderThan, Option("upload-id", "ID", help: "abort only the upload with this ID")]
                + [RunOptions.dryRun, RunOptions.quiet] + Connection.options,
            isInterruptible: true, run: abort),
    ]

    private static func list(_ options: Options) async throws -> ExitCode {
        let (store, prefix) = try options.location()
        let age = try Age(options, "older-than")
        let isHumanReadable = options.isGiven("human-readable")
        let writer = ItemWriter(options)
        try await store.naming {
            for try await listed in store.client.listMultipartUploads(bucket: store.bucket, prefix: prefix)
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
        let (store, prefix) = try options.location()
        let age = try Age(options, "older-than")
        let id = options["upload-id"]
        let console = Console(options)
        var (foundCount, failedCount) = (0, 0)
        try await store.naming {
            for try await listed in store.client.listMultipartUploads(bucket: store.bucket, prefix: prefix)
            where age.includes(listed.initiated) && (id ?? listed.upload.id) == listed.upload.id {
                foundCount += 1
                if try await !abort(listed.upload, store, console) { failedCount += 1 }
            }
        }
        if let id, foundCount == 0 {
            try console.end()
            throw CommandError("there is no upload \(printable(id)) in \(printable(store.url(Array(prefix.utf8))))")
        }
        try console.end()
        guard failedCount == 0 else { throw CommandError("\(failedCount) of \(foundCount) failed") }
        return .success
    }

    /// - Returns: whether it is aborted, or has ended by itself.
    private static func abort(_ upload: MultipartUpload, _ store: Store, _ console: Console) async throws -> Bool {
        let target = store.url(upload.key.bytes)
        let members: Console.Members = [
            ("Action", .string("abort_upload")), ("Target", .string(target)), ("UploadId", .string(upload.id)),
        ]
        do {
            if !console.isDryRun { try await store.client.abortMultipartUpload(upload: upload) }
        } catch let error as S3Error where error.code.name != "NoSuchUpload" {
            try console.failed("abort of the upload to \(printable(target))", members, error)
            return false
        } catch is S3Error {}  // It has ended in the meantime.
        try console.done("abort_upload: \(printable(target)) (\(printable(upload.id)))", members)
        return true
    }
}
