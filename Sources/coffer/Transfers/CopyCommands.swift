import CofferClient
import CofferModel
import Glibc

/// `coffer cp`, `coffer mv` and `coffer sync`.
enum CopyCommands {
    private static let places = """
        FROM and TO are each a path, s3://bucket/key, alias/bucket/key, or '-' for standard input or output. If TO ends
        with '/' or is a directory, the copy goes into it under its own name. With -r both are folders: a directory, or
        all keys that begin with the prefix and '/'. It ends with totals on standard error, and with --json as the last
        item of the list; -q prints neither.
        """
    private static let common =
        Runner.options + [Runner.jobOption] + NameFilter.options + Console.options
        + [linkOption] + TransferWorker.options + GivenSettings.options + Connection.options
    private static let linkOption = Option(
        "no-follow-symlinks", help: "skip symbolic links; otherwise those within the directory are followed")
    private static let recursive = Option("recursive", letter: "r", help: "copy all that is in a folder")
    private static let forceOption = Option("force", help: "with --delete: also if FROM is empty")

    static let all = [
        Command(
            name: "cp", operands: "FROM TO", operandCount: 2...2,
            summary: "copy files, objects, and standard streams; to, from and within S3",
            details: places + """


                A file is replaced when all of its new bytes have arrived and been checked, or not at all. Ctrl-C undoes
                what is half done. Between two servers, s3://ALIAS@bucket/key, the bytes go through this machine.

                Examples
                  coffer cp budget.csv s3://books/2026/
                  coffer cp -r s3://books/2026 ./2026 --exclude '*' --include '*.csv'
                  pg_dump | coffer cp - s3://backups/today.sql
                """,
            options: [recursive] + common,
            run: { options in try await interruptible { try await copy(options, moves: false) } }),
        Command(
            name: "mv", operands: "FROM TO", operandCount: 2...2,
            summary: "copy, and delete each source once its copy is complete",
            details: places + """


                A source that has changed since it was read is not deleted, and counts as failed.
                """,
            options: [recursive] + common,
            run: { options in try await interruptible { try await copy(options, moves: true) } }),
        Command(
            name: "sync", operands: "FROM TO", operandCount: 2...2,
            summary: "make a folder the same as another, by transferring what differs",
            details: """
                Folders are directories and s3://bucket/prefix. What differs in size is transferred. Of the same size, objects
                that were written in one piece are compared by their MD5, which is their ETag, and others by the checksum
                that they were stored with; where there is none, what is newer in FROM is transferred. Nothing is deleted
                without --delete, and with it never what --exclude leaves out. It ends with totals, as cp -r does.

                Examples
                  coffer sync ./site s3://site --delete --dry-run
                  coffer sync s3://books ./books --exclude 'raw/*'
                """,
            options: [
                Option("delete", help: "delete in TO what FROM does not have"),
                forceOption,
            ] + Comparison.options + common,
            run: { options in try await interruptible { try await sync(options) } }),
    ]

    // MARK: cp and mv

    private static func copy(_ options: Options, moves: Bool) async throws -> ExitCode {
        let source = try Operand(options.operands[0], options)
        let target = try Operand(options.operands[1], options)
        try check(source, target, options)
        try checkStreams(source, target, moves: moves, options)
        let isRecursive = options.isGiven("recursive")
        if !isRecursive {
            try options.refuse(NameFilter.options + [Runner.jobOption, linkOption], because: "it goes with -r")
        }
        try refuseUnused(source, target, options)
        let console = Console(options)
        let worker = try TransferWorker(options, moves: moves, isSingle: !isRecursive)
        let runner: Runner
        if isRecursive {
            let (from, to) = (try source.folder(options), try target.folder(options))
            try checkFolders(from, to, moves: moves, options)
            runner = try Runner(console, options, worker, totals: worker.verb(from: from, to: to))
            var plan = try CopyPlan(from, to, options)
            try await runner.run(&plan)
            if plan.isEmpty, let reason = try await from.absence() {
                try console.end()
                throw CommandError(reason)
            }
        } else {
            runner = try Runner(console, options, worker)
            let transfer = try await single(source, target, moves: moves, options)
            if moves { try checkMove(transfer, options) }
            var plan = ListedPlan(actions: [.transfer(transfer)])
            try await runner.run(&plan)
        }
        try runner.end()
        return .success
    }

    private static func check(_ source: Operand, _ target: Operand, _ options: Options) throws {
        guard source.isRemote || target.isRemote else {
            throw options.usage("one of the two must be on S3: s3://bucket/key, or alias/bucket/key")
        }
    }

    /// - Throws: ``UsageError`` for an option that would have no effect.
    private static func refuseUnused(_ source: Operand, _ target: Operand, _ options: Options) throws {
        if !target.isRemote {
            try options.refuse(GivenSettings.options, because: "it is a setting of objects, and TO is not on S3")
        }
        guard case .local = source else {
            try options.refuse([TransferWorker.resumeOption, linkOption], because: "it is for uploads of files")
            return
        }
    }

    private static func checkStreams(_ source: Operand, _ target: Operand, moves: Bool, _ options: Options) throws {
        if case .stream = target, options.isGiven("json") {
            throw options.usage("standard output cannot have both the object and JSON")
        }
        switch (source, target) {
        case (.stream, _) where moves, (_, .stream) where moves:
            throw options.usage("a standard stream cannot be moved")
        default: break
        }
    }

    /// Returns the transfer of a single file, object or stream.
    private static func single(
        _ source: Operand, _ target: Operand, moves: Bool, _ options: Options
    ) async throws -> Transfer {
        let verb = moves ? "move" : "copy"
        let from: Place
        var byteCount: Int64?
        var name: [UInt8]?
        switch source {
        case .stream: from = .stream
        case .local(let path):
            let status = try DirectoryWalk.status(path)
            switch status.st_mode & S_IFMT {
            case S_IFREG: break
            case S_IFDIR: throw options.usage("\(path) is a directory: use -r to \(verb) it")
            default: throw options.usage("\(path) is not a regular file: '-' copies standard input")
            }
            (from, byteCount) = (.file(path), Int64(status.st_size))
            name = Array(path.utf8.split(separator: slash).last ?? path.utf8[...])
        case .remote(let store, let key):
            guard !key.isEmpty, key.utf8.last != slash else {
                let what = key.isEmpty ? "bucket" : "folder"
                throw options.usage("\(store.url(Array(key.utf8))) is a \(what): use -r to \(verb) all that is in it")
            }
            let object = try ObjectKey(key)
            from = .object(store, object)
            byteCount = try await store.naming(object.bytes, folder: "use -r to \(verb) it") {
                try await store.client.headObject(bucket: store.bucket, key: object).byteCount
            }
            name = Array(key.utf8.split(separator: slash).last ?? key.utf8[...])
        }
        return Transfer(source: from, target: try place(target, name, options), byteCount: byteCount)
    }

    /// Returns the target of a single source, which keeps its own name if the target is a folder.
    private static func place(_ target: Operand, _ name: [UInt8]?, _ options: Options) throws -> Place {
        switch target {
        case .stream: return .stream
        case .remote(let store, let key):
            guard key.isEmpty || key.utf8.last == slash else { return .object(store, try ObjectKey(key)) }
            guard let name else { throw options.usage("standard input has no name: give the object's key") }
            return .object(store, try ObjectKey(Array(key.utf8) + name))
        case .local(let path):
            var status = stat()
            let isFolder = path.utf8.last == slash || stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            guard isFolder, let name else { return .file(try LocalFolder.followed(path)) }
            return .file(try LocalFolder(path).path(of: name))
        }
    }

    // MARK: sync

    private static func sync(_ options: Options) async throws -> ExitCode {
        let source = try Operand(options.operands[0], options)
        let target = try Operand(options.operands[1], options)
        try check(source, target, options)
        try refuseUnused(source, target, options)
        if !options.isGiven("delete") { try options.refuse([forceOption], because: "it goes with --delete") }
        let (from, to) = (try source.folder(options), try target.folder(options))
        try checkFolders(from, to, moves: false, options)
        var plan = try SyncPlan(from, to, targetExists: exists(to), options)
        let console = Console(options)
        let worker = try TransferWorker(options, moves: false, isSingle: false)
        let runner = try Runner(console, options, worker, totals: worker.verb(from: from, to: to))
        try await runner.run(&plan)
        if plan.isEmpty, let reason = try await from.absence() { console.note(printable(reason)) }
        try runner.end()
        return .success
    }

    private static func exists(_ folder: Folder) -> Bool {
        guard case .local(let local) = folder else { return true }
        var status = stat()
        return stat(local.path, &status) == 0 || errno != ENOENT
    }

    // MARK: Transfers that would never end, or destroy their own source

    private static func checkFolders(_ source: Folder, _ target: Folder, moves: Bool, _ options: Options) throws {
        guard case .remote(let from, let prefix) = source, case .remote(let to, let targetPrefix) = target,
            from.bucket == to.bucket, targetPrefix.starts(with: prefix)
        else { return }
        if prefix == targetPrefix {
            guard moves else { return }
            throw options.usage(
                "FROM and TO are the same objects, or may be: use cp and rm if you are sure that they are not")
        }
        guard !from.isSameService(as: to) else { throw options.usage("TO is inside FROM") }
    }

    private static func checkMove(_ transfer: Transfer, _ options: Options) throws {
        guard case .object(let from, let key) = transfer.source, case .object(let to, let targetKey) = transfer.target,
            from.bucket == to.bucket, key == targetKey
        else { return }
        throw options.usage(
            "FROM and TO are the same object, or may be: use cp and rm if you are sure that they are not")
    }
}
