import CofferClient
import CofferModel
import CofferTransfer

/// `coffer cp`, `coffer mv` and `coffer sync`.
enum CopyCommands {
    private static let places = """
        FROM and TO are each a path, s3://BUCKET/KEY, ALIAS/BUCKET/KEY, or '-' for standard input or
        output. If TO ends with '/' or is a directory, the copy goes into it and keeps its name. With -r
        both are folders: a directory, or all keys that begin with the prefix and '/'. Then totals are
        printed at the end: on standard error or, with --json, as the last item of the list; -q omits
        them.
        """

    static let all = [
        Command(
            name: "cp", operands: "FROM TO",
            summary: "Copy files, objects and standard streams",
            details: places + """


                A file is replaced only when all of its new bytes have arrived and been verified. Ctrl-C
                undoes unfinished transfers. Between two servers (s3://ALIAS@BUCKET/KEY), the bytes pass
                through this machine.

                Examples
                  coffer cp budget.csv s3://books/2026/
                  coffer cp -r s3://books/2026 ./2026 --exclude '*' --include '*.csv'
                  pg_dump | coffer cp - s3://backups/today.sql
                """,
            options: [CopyOptions.recursive] + CopyOptions.common,
            isInterruptible: true, run: { try await copy($0, moves: false) }),
        Command(
            name: "mv", operands: "FROM TO",
            summary: "Move files and objects: copy, then delete the source",
            details: places + """


                A source that has changed since it was read is not deleted and counts as failed.
                """,
            options: [CopyOptions.recursive] + CopyOptions.common,
            isInterruptible: true, run: { try await copy($0, moves: true) }),
        Command(
            name: "sync", operands: "FROM TO",
            summary: "Make a folder like another: transfer what differs",
            details: """
                Folders are directories and s3://BUCKET/PREFIX. What differs in size is transferred. If the
                size is the same, objects that were written in one piece are compared by their ETag, which is
                their MD5, and others by the checksum that they were stored with. Without a checksum, what is
                newer in FROM is transferred. Nothing is deleted without --delete, and what --exclude skips
                never is. Totals are printed at the end, as by cp -r.

                Examples
                  coffer sync ./site s3://site --delete --dry-run
                  coffer sync s3://books ./books --exclude 'raw/*'
                """,
            options: [CopyOptions.delete, CopyOptions.force] + CopyOptions.comparison + CopyOptions.common,
            isInterruptible: true, run: sync),
    ]

    // MARK: cp and mv

    private static func copy(_ options: Options, moves: Bool) async throws -> ExitCode {
        let (source, target) = try operands(options)
        try checkStreams(source, target, moves: moves, options)
        let isRecursive = options.isGiven("recursive")
        if !isRecursive {
            try options.refuse(RunOptions.filter + [CopyOptions.jobs, CopyOptions.noLinks], because: "it needs -r")
        }
        try refuseUnused(source, target, options)
        let console = Console(options)
        let worker = try TransferWorker(options, moves: moves, isSingle: !isRecursive)
        let runner = Runner(try settings(options), worker, reportingTo: console)
        if isRecursive {
            let (from, to) = (try source.folder(options), try target.folder(options))
            try await copy(from, to, moves: moves, options, runner, console)
        } else {
            let transfer = try await single(source, target, moves: moves, options)
            if moves { try checkMove(transfer, options) }
            var plan = ListedPlan([.transfer(transfer)])
            try await console.run(&plan, by: runner)
            try console.end(runner)
        }
        return .success
    }

    private static func copy(
        _ source: Folder, _ target: Folder, moves: Bool, _ options: Options, _ runner: Runner, _ console: Console
    ) async throws {
        try checkFolders(source, target, moves: moves, options)
        var plan = CopyPlan(source, target, EntrySelection(options))
        try await console.run(&plan, by: runner)
        if plan.isEmpty, let reason = try await source.absence() {
            try console.end()
            throw CommandError(reason)
        }
        try console.end(runner, totals: TransferKind(from: source, to: target, moves: moves))
    }

    private static func settings(_ options: Options) throws -> Runner.Settings {
        var settings = Runner.Settings(options)
        settings.jobCount = try options.number("jobs", in: 1...64) ?? settings.jobCount
        settings.comparison = try Comparison(options)
        return settings
    }

    private static func operands(_ options: Options) throws -> (source: Operand, target: Operand) {
        let source = try Operand(options.operands[0], options)
        let target = try Operand(options.operands[1], options)
        guard source.isRemote || target.isRemote else {
            throw options.usage("FROM or TO must be on S3: s3://BUCKET/KEY or ALIAS/BUCKET/KEY")
        }
        return (source, target)
    }

    /// - Throws: ``UsageError`` for an option that would have no effect.
    private static func refuseUnused(_ source: Operand, _ target: Operand, _ options: Options) throws {
        if !target.isRemote {
            try options.refuse(CopyOptions.settings, because: "it applies to stored objects, and TO is not on S3")
        }
        guard case .local = source else {
            try options.refuse(
                [CopyOptions.resume, CopyOptions.noLinks], because: "it applies only to uploads of files")
            return
        }
    }

    private static func checkStreams(_ source: Operand, _ target: Operand, moves: Bool, _ options: Options) throws {
        if case .stream = target, options.wantsJSON {
            throw options.usage("standard output cannot receive both the object and JSON")
        }
        switch (source, target) {
        case (.stream, _) where moves, (_, .stream) where moves:
            throw options.usage("a standard stream cannot be moved")
        default: break
        }
    }

    private static func single(
        _ source: Operand, _ target: Operand, moves: Bool, _ options: Options
    ) async throws -> Transfer {
        let (place, byteCount, name) = try await source.source(options, verb: moves ? "move" : "copy")
        return Transfer(place, try target.target(named: name, options), byteCount: byteCount)
    }

    // MARK: sync

    private static func sync(_ options: Options) async throws -> ExitCode {
        let (source, target) = try operands(options)
        try refuseUnused(source, target, options)
        let deletes = options.isGiven("delete")
        if !deletes { try options.refuse([CopyOptions.force], because: "it needs --delete") }
        let (from, to) = (try source.folder(options), try target.folder(options))
        try checkFolders(from, to, moves: false, options)
        var plan = SyncPlan(
            from, to, EntrySelection(options), deletes: deletes, mayDeleteAll: options.isGiven("force"))
        let console = Console(options)
        let runner = Runner(try settings(options), try TransferWorker(options), reportingTo: console)
        try await console.run(&plan, by: runner)
        if plan.isEmpty, let reason = try await from.absence() { console.note(printable(reason)) }
        try console.end(runner, totals: TransferKind(from: from, to: to))
        return .success
    }

    // MARK: Transfers that would never end, or destroy their own source

    private static func checkFolders(_ source: Folder, _ target: Folder, moves: Bool, _ options: Options) throws {
        guard case .remote(let from, let prefix) = source, case .remote(let to, let targetPrefix) = target,
            from.bucket == to.bucket, targetPrefix.starts(with: prefix)
        else { return }
        if prefix == targetPrefix {
            guard moves else { return }
            throw options.usage(
                "FROM and TO may be the same objects: use cp and rm if you are sure that they are not")
        }
        guard !from.isSameService(as: to) else { throw options.usage("TO is inside FROM") }
    }

    private static func checkMove(_ transfer: Transfer, _ options: Options) throws {
        guard case .object(let from, let key) = transfer.source, case .object(let to, let targetKey) = transfer.target,
            from.bucket == to.bucket, key == targetKey
        else { return }
        throw options.usage(
            "FROM and TO may be the same object: use cp and rm if you are sure that they are not")
    }
}
