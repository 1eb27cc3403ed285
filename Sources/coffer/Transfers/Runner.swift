import CofferClient
import CofferModel
import Glibc

/// Performs the actions of a plan, several at a time. Failures are reported and counted, and the rest continues.
struct Runner: Sendable {
    private let console: Console
    private let isDryRun: Bool
    private let jobCount: Int
    private let bypassesGovernance: Bool
    private let worker: TransferWorker?
    private let comparison: Comparison
    private let progress = Progress()
    /// nil for commands that end without totals.
    private let tally: Tally?
    /// The number of failures after which no further action begins, because it would fail for the same reason.
    private let fatalCount = Counter()

    static let options = [
        Option("dry-run", letter: "n", help: "show what would be done, and do nothing")
    ]
    static let jobOption = Option(
        "jobs", "N",
        help: "how many transfers run at a time: 1 to 64, 8 unless given; long objects are sent in parts as well")

    /// - Parameter totals: the verb of the transfers in the totals that the command ends with; nil for no totals.
    init(
        _ console: Console, _ options: Options, _ worker: TransferWorker? = nil, totals verb: String? = nil
    ) throws {
        self.console = console
        tally = verb.map { Tally(verb: $0, isDryRun: options.isGiven("dry-run")) }
        isDryRun = options.isGiven("dry-run")
        jobCount = try options.number("jobs", in: 1...64) ?? 8
        bypassesGovernance = options.isGiven("bypass-governance")
        self.worker = worker
        comparison = try Comparison(options)
    }

    /// - Throws: errors of the plan and errors that end the command, but not failures of single actions.
    func run<Steps: Plan>(_ plan: inout Steps) async throws {
        do {
            try await perform(&plan)
        } catch {
            // The list of finished actions is closed, unless its reader is gone.
            if !(error is BrokenPipe) { try console.end() }
            throw error
        }
    }

    private func perform<Steps: Plan>(_ plan: inout Steps) async throws {
        let ticker = Task { [console, progress] in
            // The task is cancelled when everything is done.
            while console.showsProgress, (try? await Task.sleep(for: .milliseconds(250))) != nil {
                console.draw(progress.sample())
            }
        }
        defer { ticker.cancel() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var ahead = ActionsAhead()
            let endedCount = Counter()
            var (begunCount, seenCount) = (0, 0)
            while true {
                while seenCount < endedCount.value {
                    try await group.next()
                    seenCount += 1
                }
                if fatalCount.value > 0, try await ahead.abandon(&plan) {
                    console.note("the rest would fail for the same reason, and is not tried")
                }
                if begunCount - seenCount < jobCount, let action = ahead.popFirst() {
                    begunCount += 1
                    group.addTask {
                        defer { endedCount.increment() }
                        try await perform(action)
                    }
                } else if ahead.hasRoom {
                    // Find actions ahead while others run: the time left can be estimated only once all of them are
                    // known.
                    guard let action = try await plan.next() else {
                        ahead.isComplete = true
                        progress.foundAll()
                        continue
                    }
                    ahead.append(action)
                    if case .transfer(let transfer) = action { progress.found(transfer.byteCount) }
                } else if seenCount < begunCount {
                    try await group.next()
                    seenCount += 1
                } else {
                    break
                }
            }
        }
    }

    /// Ends the output, with totals where the command has them.
    ///
    /// - Throws: ``CommandError`` with the number of failures, if there were any.
    func end() throws {
        let failedCount = console.failedCount
        if let tally {
            try console.total(tally.line(failedCount: failedCount), tally.members(failedCount: failedCount))
        }
        try console.end()
        if failedCount > 0 { throw CommandError("\(failedCount) of \(failedCount + console.doneCount) failed") }
    }

    private func perform(_ action: Action) async throws {
        switch action {
        case .transfer(let transfer): try await perform(transfer)
        case .update(let transfer, let source, let target):
            let isSame = await attempt("compare", transfer) { try await comparison.isSame(source, target) }
            guard let isSame = try isSame.get(orTell: console) else { return }
            guard !isSame else { return tally?.unchanged() ?? () }
            progress.found(transfer.byteCount)
            try await perform(transfer)
        case .delete(let store, let objects): try await delete(objects, store)
        case .unlink(let path):
            let members = [(name: "Action", value: "delete" as String?), ("Target", path)]
            if !isDryRun, unlink(path) != 0 {
                try console.fail("delete: \(printable(path))", members, FileError(path, cannot: "delete"))
            } else {
                tally?.deleted()
                try told("delete: \(printable(path))", members)
            }
        case .skip(let name, let reason): console.note("skipped: \(printable(name)): \(reason)")
        case .cannot(let name, let reason):
            try console.fail(printable(name), [("Source", name)], CommandError(reason))
        }
    }

    // MARK: Transfers

    private func perform(_ transfer: Transfer) async throws {
        guard let worker else { preconditionFailure("a plan has transfers, and nobody to do them") }
        let verb = worker.verb(of: transfer)
        let line = "\(verb): \(printable(transfer.source.description)) to \(printable(transfer.target.description))"
        let members: [(name: String, value: JSONText?)] = [
            ("Action", .string(verb)), ("Source", .string(transfer.source.description)),
            ("Target", .string(transfer.target.description)),
            ("Size", transfer.byteCount.map { .number($0) } ?? .null),
        ]
        if isDryRun {
            tally?.transferred(transfer.byteCount)
            return try console.tell("(dry run) " + line, json: members + [("DryRun", .bool(true))])
        }
        let result = await attempt(verb, transfer) {
            try await worker.run(transfer, console.showsProgress ? ByteMeter(progress) : nil)
        }
        progress.end()
        guard try result.get(orTell: console) != nil else { return }
        tally?.transferred(transfer.byteCount)
        // Where the bytes themselves go to standard output, nothing else does.
        if case .stream = transfer.target { return }
        try console.tell(line, json: members)
    }

    /// Returns the outcome of an action. The command ends on cancellation, when the reader of its output is gone, and
    /// on errors that every other action would run into as well.
    private func attempt<Value>(
        _ verb: String, _ transfer: Transfer, _ job: () async throws -> Value
    ) async -> Outcome<Value> {
        do {
            return .success(try await job())
        } catch  where Self.endsAll(error) {
            return .ended(error)
        } catch {
            if Self.isFatalForBatch(error) { fatalCount.increment() }
            return .failure(
                "\(verb) of \(printable(transfer.source.description)) to "
                    + printable(transfer.target.description),
                [
                    ("Action", verb), ("Source", transfer.source.description),
                    ("Target", transfer.target.description),
                ], error)
        }
    }

    /// Returns whether the bucket or the access keys are wrong, which would make all remaining actions fail as well.
    private static func isFatalForBatch(_ error: any Error) -> Bool {
        guard let error = error as? S3Error else { return false }
        return ["NoSuchBucket", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"].contains(error.code.name)
    }

    private static func endsAll(_ error: any Error) -> Bool {
        if let error = error as? TransportError { return [.cannotConnect, .untrusted, .unusable].contains(error.kind) }
        return error is CancellationError || error is BrokenPipe || error is ConfigurationError
    }

    // MARK: Deletions

    private func delete(_ objects: [ObjectVersion], _ store: Store) async throws {
        guard !isDryRun else {
            for object in objects { try deleted(object, store) }
            return
        }
        do {
            let failed = try await remove(objects, store)
            var rest = Set(objects)
            for failure in failed {
                let object = failure.object
                rest.remove(object)
                try console.fail(
                    "delete of \(printable(store.url(object.key.bytes)))", members(object, store), failure.error)
            }
            for object in objects where rest.contains(object) { try deleted(object, store) }
        } catch let error as S3Error {
            for object in objects {
                try console.fail("delete of \(printable(store.url(object.key.bytes)))", members(object, store), error)
            }
        }
    }

    /// Deletes objects and returns those that could not be deleted. A single object is deleted with DeleteObject.
    private func remove(_ objects: [ObjectVersion], _ store: Store) async throws -> [FailedDeletion] {
        if objects.count == 1, let object = objects.first {
            try await store.client.deleteObject(
                bucket: store.bucket, key: object.key, version: object.version, bypassesGovernance: bypassesGovernance)
            return []
        }
        return try await store.client.deleteObjects(
            bucket: store.bucket, objects: objects, bypassesGovernance: bypassesGovernance
        )
        .failed
    }

    private func deleted(_ object: ObjectVersion, _ store: Store) throws {
        let version = object.version.map { " (\($0))" } ?? ""
        tally?.deleted()
        try told("delete: \(printable(store.url(object.key.bytes)))\(version)", members(object, store))
    }

    private func members(_ object: ObjectVersion, _ store: Store) -> [(name: String, value: String?)] {
        [
            ("Action", "delete"), ("Target", store.url(object.key.bytes)),
            ("VersionId", object.version?.description),
        ]
    }

    private func told(_ line: String, _ members: [(name: String, value: String?)]) throws {
        let json = members.map { (name: $0.name, value: JSONText($0.value)) }
        try isDryRun
            ? console.tell("(dry run) " + line, json: json + [("DryRun", .bool(true))])
            : console.tell(line, json: json)
    }
}

/// The outcome of one action.
private enum Outcome<Value> {
    case success(Value)
    case failure(String, [(name: String, value: String?)], any Error)
    case ended(any Error)

    /// Returns the value; nil for a failure, which is reported.
    func get(orTell console: Console) throws -> Value? {
        switch self {
        case .success(let value): return value
        case .ended(let error): throw error
        case .failure(let what, let members, let error):
            try console.fail(what, members, error)
            return nil
        }
    }
}
