import CofferClient
import CofferModel
import CofferSystem
import Glibc

/// Performs the actions of plans, several at a time. Failures are reported and counted, and the rest continues.
package struct Runner: Sendable {
    private let settings: Settings
    private let worker: TransferWorker?
    private let reporter: any RunReporter
    private let progress = Progress()
    private let tally = Tally()
    private let watch = Stopwatch()
    /// The number of failures after which no further action begins, because it would fail for the same reason.
    private let fatalCount = Counter()

    package struct Settings: Sendable {
        /// How many actions run at a time.
        package var jobCount = 8
        /// Whether nothing is done, and only reported.
        package var isDryRun = false
        package var bypassesGovernance = false
        package var comparison = Comparison.content

        package init() {}
    }

    /// - Parameter worker: nil for plans without transfers.
    package init(_ settings: Settings, _ worker: TransferWorker? = nil, reportingTo reporter: any RunReporter) {
        self.settings = settings
        self.worker = worker
        self.reporter = reporter
    }

    /// What has been done so far.
    package var totals: RunTotals { tally.totals }
    package var seconds: Double { watch.elapsed / .seconds(1) }

    /// - Throws: errors of the plan and errors that end the run, but not failures of single actions.
    package func run<Steps: Plan>(_ plan: inout Steps) async throws {
        let ticker = Task { [reporter, progress] in
            // The task is cancelled when everything is done.
            while reporter.showsProgress, (try? await Task.sleep(for: .milliseconds(250))) != nil {
                reporter.show(progress.sample())
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
                if fatalCount.value > 0, try await ahead.abandon(&plan) { try reporter.report(.abandoned) }
                if begunCount - seenCount < settings.jobCount, let action = ahead.popFirst() {
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

    private func perform(_ action: Action) async throws {
        switch action {
        case .transfer(let transfer): try await perform(transfer)
        case .update(let transfer, let source, let target):
            let step = RunStep.comparison(transfer)
            let isSame = try await attempt(step) { try await settings.comparison.isSame(source, target) }
            guard let isSame else { return }
            guard !isSame else { return tally.finished(step) }
            progress.found(transfer.byteCount)
            try await perform(transfer)
        case .delete(let store, let objects): try await delete(objects, store)
        case .unlink(let path):
            let step = RunStep.deletion(.file(path), nil)
            guard settings.isDryRun || unlink(path) == 0 else {
                return try fail(step, FileError(path, cannot: "delete"))
            }
            try finish(step)
        case .skip(let name, let reason): try reporter.report(.skipped(name, reason: reason))
        case .cannot(let name, let reason): try fail(.entry(name), ImpossibleEntry(description: reason))
        }
    }

    private func perform(_ transfer: Transfer) async throws {
        guard let worker else { preconditionFailure("a plan with transfers needs a worker") }
        let step = RunStep.transfer(transfer, worker.kind(of: transfer))
        guard !settings.isDryRun else { return try finish(step) }
        defer { progress.end() }
        let meter = reporter.showsProgress ? ByteMeter(progress) : nil
        guard try await attempt(step, { try await worker.run(transfer, meter) }) != nil else { return }
        try finish(step)
    }

    private func delete(_ objects: [ObjectVersion], _ store: Store) async throws {
        func step(_ object: ObjectVersion) -> RunStep { .deletion(.object(store, object.key), object.version) }
        var rest = Set(objects)
        for failure in settings.isDryRun ? [] : try await failures(objects, store) {
            rest.remove(failure.object)
            try fail(step(failure.object), failure.error)
        }
        for object in objects where rest.contains(object) { try finish(step(object)) }
    }

    /// Deletes objects and returns those that could not be deleted. A single object is deleted with DeleteObject.
    private func failures(_ objects: [ObjectVersion], _ store: Store) async throws -> [FailedDeletion] {
        do {
            guard objects.count == 1, let object = objects.first else {
                return try await store.client.deleteObjects(
                    bucket: store.bucket, objects: objects, bypassesGovernance: settings.bypassesGovernance
                ).failed
            }
            try await store.client.deleteObject(
                bucket: store.bucket, key: object.key, version: object.version,
                bypassesGovernance: settings.bypassesGovernance)
            return []
        } catch let error as S3Error {
            return objects.map { FailedDeletion(object: $0, error: error) }
        }
    }

    // MARK: Outcomes

    /// - Returns: nil for a failure, which has been reported.
    /// - Throws: what ends the run: a cancellation, a reader of the output who is gone, and what every other action
    ///   would run into as well.
    private func attempt<Value>(_ step: RunStep, _ job: () async throws -> Value) async throws -> Value? {
        do {
            return try await job()
        } catch  where Self.endsRun(error) {
            throw error
        } catch {
            if Self.isFatalForOthers(error) { fatalCount.increment() }
            try fail(step, error)
            return nil
        }
    }

    private func finish(_ step: RunStep) throws {
        tally.finished(step)
        try reporter.report(.done(step))
    }

    private func fail(_ step: RunStep, _ error: any Error) throws {
        tally.failed()
        try reporter.report(.failed(step, error))
    }

    /// Returns whether the bucket or the access keys are wrong, which would make all remaining actions fail as well.
    private static func isFatalForOthers(_ error: any Error) -> Bool {
        guard let error = error as? S3Error else { return false }
        return ["NoSuchBucket", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"].contains(error.code.name)
    }

    private static func endsRun(_ error: any Error) -> Bool {
        if let error = error as? TransportError { return [.cannotConnect, .untrusted, .unusable].contains(error.kind) }
        return error is CancellationError || error is BrokenPipe || error is ConfigurationError
    }
}

/// The reason why an entry cannot be transferred.
private struct ImpossibleEntry: Error, CustomStringConvertible {
    let description: String
}
