import CofferClient
import CofferModel
import CofferTransfer

/// `coffer rm`: deletes objects and versions.
enum RemoveCommand {
    static let command = Command(
        name: "rm", operands: "s3://BUCKET/KEY…", summary: "Delete objects and versions",
        details: """
            With -r, all keys that begin with the prefix and '/' are deleted; s3://BUCKET means everything in
            the bucket. In a bucket with versioning, objects are only hidden by delete markers; --versions
            deletes them permanently.

            Examples
              coffer rm s3://books/old.csv
              coffer rm -r --dry-run s3://books/2019 --exclude '*.json'
              coffer rm --versions s3://books/secret.csv
            """,
        options: [
            Option("recursive", letter: "r", help: "delete everything in a folder"),
            Option("version-id", "ID", help: "delete this version permanently"),
            Option("versions", help: "delete all versions and delete markers permanently"),
            Option("bypass-governance", help: "delete despite retention in governance mode, if you have permission"),
        ] + [RunOptions.dryRun] + RunOptions.filter + [RunOptions.quiet] + Connection.options,
        isInterruptible: true, run: run)

    private static func run(_ options: Options) async throws -> ExitCode {
        guard options["version-id"] == nil || options.operands.count == 1 && !options.isGiven("recursive") else {
            throw options.usage("--version-id needs exactly one object, and no -r")
        }
        if !options.isGiven("recursive") { try options.refuse(RunOptions.filter, because: "it needs -r") }
        let console = Console(options)
        let runner = Runner(Runner.Settings(options), reportingTo: console)
        for operand in options.operands {
            let url = try S3URL(operand)
            let store = try Store(url, options)
            if options.isGiven("recursive") {
                let prefix = url.key.isEmpty || url.key.utf8.last == slash ? url.key : url.key + "/"
                let filter = NameFilter(options)
                var plan =
                    options.isGiven("versions")
                    ? RemovalPlan(store, versionsWithPrefix: prefix, filter)
                    : RemovalPlan(store, objectsWithPrefix: prefix, filter)
                try await console.run(&plan, by: runner)
                if plan.isEmpty, !prefix.isEmpty {
                    console.note(printable(try await store.emptiness(of: Array(prefix.utf8))))
                }
            } else {
                guard !url.key.isEmpty else {
                    throw options.usage(
                        "\(url) is a bucket: use -r to delete everything in it, or 'coffer rb' to delete the bucket")
                }
                try await refuseFolder(try ObjectKey(url.key), store, options)
                var plan = ListedPlan([
                    .delete(store, try await objects(try ObjectKey(url.key), store, options))
                ])
                try await console.run(&plan, by: runner)
            }
        }
        try console.end(runner)
        return .success
    }

    /// Refuses to delete a folder without -r. S3 reports success for keys that do not exist, so the folder would seem
    /// to be deleted.
    private static func refuseFolder(_ key: ObjectKey, _ store: Store, _ options: Options) async throws {
        guard options["version-id"] == nil, !options.isGiven("versions") else { return }
        do {
            _ = try await store.naming(key.bytes) { try await store.client.headObject(bucket: store.bucket, key: key) }
        } catch let error as StoreError {
            guard error.problem != .isFolder else { throw CommandError("\(error): use -r to delete it") }
            // A caller without read permission may still delete, and the deletion reports any other problem.
        }
    }

    private static func objects(_ key: ObjectKey, _ store: Store, _ options: Options) async throws -> [ObjectVersion] {
        guard options.isGiven("versions") else {
            return [ObjectVersion(key: key, version: options["version-id"].map { VersionID(opaque: $0) })]
        }
        var versions: [ObjectVersion] = []
        try await store.naming {
            for try await listed in store.client.listObjectVersions(bucket: store.bucket, prefix: key.description) {
                // Longer keys with this prefix come after all versions of the key itself.
                guard listed.key == key else { break }
                versions.append(ObjectVersion(key: key, version: listed.version))
            }
        }
        return versions
    }
}
