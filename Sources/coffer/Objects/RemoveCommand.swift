import CofferClient
import CofferModel

/// `coffer rm`: deletes objects and versions.
enum RemoveCommand {
    static let command = Command(
        name: "rm", operands: "s3://BUCKET/KEY…", operandCount: 1...Int.max, summary: "delete objects",
        details: """
            With -r all keys that begin with the prefix and '/' are deleted; s3://bucket means everything in it. In a bucket
            with versions the objects are only hidden by delete markers; --versions deletes them for good.

            Examples
              coffer rm s3://books/old.csv
              coffer rm -r --dry-run s3://books/2019 --exclude '*.json'
              coffer rm --versions s3://books/secret.csv
            """,
        options: [
            Option("recursive", letter: "r", help: "delete all that is in a folder"),
            Option("version-id", "ID", help: "delete this version for good"),
            Option("versions", help: "delete all versions and delete markers for good"),
            Option("bypass-governance", help: "delete despite retention in governance mode, if you may"),
        ] + Runner.options + NameFilter.options + Console.options.filter { $0.name != "no-progress" }
            + Connection.options,
        run: { options in try await interruptible { try await run(options) } })

    private static func run(_ options: Options) async throws -> ExitCode {
        guard options["version-id"] == nil || options.operands.count == 1 && !options.isGiven("recursive") else {
            throw options.usage("--version-id goes with one object, and not with -r")
        }
        if !options.isGiven("recursive") { try options.refuse(NameFilter.options, because: "it goes with -r") }
        let console = Console(options)
        let runner = try Runner(console, options)
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
                try await runner.run(&plan)
                if plan.isEmpty, !prefix.isEmpty {
                    console.note(printable(try await store.emptiness(of: Array(prefix.utf8))))
                }
            } else {
                guard !url.key.isEmpty else {
                    throw options.usage(
                        "\(url) is a bucket: use -r to delete everything in it, or 'coffer rb' to delete the bucket")
                }
                try await refuseFolder(try ObjectKey(url.key), store, options)
                var plan = ListedPlan(actions: [
                    .delete(store, try await objects(try ObjectKey(url.key), store, options))
                ])
                try await runner.run(&plan)
            }
        }
        try runner.end()
        return .success
    }

    /// Refuses to delete a folder without -r. S3 reports success for keys that do not exist, so the folder would seem
    /// to be deleted.
    private static func refuseFolder(_ key: ObjectKey, _ store: Store, _ options: Options) async throws {
        guard options["version-id"] == nil, !options.isGiven("versions") else { return }
        do {
            try await store.naming(key.bytes, folder: "use -r to delete it") {
                _ = try await store.client.headObject(bucket: store.bucket, key: key)
            }
        } catch let error as StoreError where !error.isFolder {
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
