import CofferModel
import CofferSystem
import Synchronization

/// After a start, looks through all files of segments for those that the catalog does not name, and sets them aside: what
/// a crash left that was not named yet, and what a loss of power brought back that was removed. They are removed when a
/// week is over, in which an operator who put back an older catalog by mistake may put back the right one.
///
/// It works in the background, a 256th of the files at a time, on a thread where it may block, and rests three times as
/// long as it works. Ids that were given since the start are left aside: their segments may be named any moment. An
/// earlier id that nothing names will never be named again.
final class OrphanSweep: Sendable {
    private let catalog: any Catalog
    private let blobs: any BlobStore
    private let blocking: BlockingQueue
    private let clock: ServiceClock
    private let onFault: @Sendable (StorageError) -> Void
    private let onNotice: @Sendable (String) -> Void
    private let task = Mutex<Task<Void, Never>?>(nil)

    private static let keptSeconds: Int64 = 7 * 24 * 3600
    /// So many are set aside in any case; more must be fewer than the files that are named.
    private static let plausibleCount = 1000
    /// The others wait for the next start.
    private static let limit = 100_000

    private struct Findings {
        var namedCount = 0
        var orphans: [FoundBlob] = []
        /// Ids that the catalog has not come to yet.
        var hasLaterIDs = false
    }

    init(
        catalog: any Catalog, blobs: any BlobStore, blocking: BlockingQueue, clock: ServiceClock,
        onFault: @escaping @Sendable (StorageError) -> Void, onNotice: @escaping @Sendable (String) -> Void
    ) {
        self.catalog = catalog
        self.blobs = blobs
        self.blocking = blocking
        self.clock = clock
        self.onFault = onFault
        self.onNotice = onNotice
    }

    func start() {
        task.withLock { task in
            task = Task {
                do throws(StorageError) {
                    try await self.run()
                } catch {
                    self.onFault(error)
                }
            }
        }
    }

    /// Waits for the step under way; none begins afterwards.
    func end() async {
        let task = task.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    private func run() async throws(StorageError) {
        let end = Timestamp(seconds: clock.time.seconds - Self.keptSeconds)
        try await blocking.run { () throws(StorageError) in try self.blobs.removeSetAside(before: end) }
        var findings = Findings()
        for part in try await blocking.run({ () throws(StorageError) in try self.blobs.parts() })
        where findings.orphans.count < Self.limit {
            guard !Task.isCancelled else { return }
            let watch = Stopwatch(clock)
            findings = try await blocking.run { [findings] () throws(StorageError) in try self.look(part, findings) }
            // Cut short, the loop ends before its next step.
            try? await Task.sleep(for: watch.elapsed * 3)
        }
        guard !Task.isCancelled, !findings.orphans.isEmpty else { return }
        guard isPlausible(findings) else {
            throw .failed(
                "blobs holds \(findings.orphans.count) files that the catalog does not name, beside "
                    + "\(findings.namedCount) that it does: is catalog.sqlite an older copy, or that of another store? "
                    + "They stay where they are")
        }
        try await setAside(findings.orphans)
    }

    private func look(_ part: String, _ findings: Findings) throws(StorageError) -> Findings {
        var findings = findings
        for blob in try blobs.segments(ofPart: part) {
            let epoch = IDSequence.epoch(of: blob.id.value)
            if epoch > catalog.epoch { findings.hasLaterIDs = true }
            guard epoch < catalog.epoch else { continue }
            if try catalog.isNamed(blob.id) { findings.namedCount += 1 } else { findings.orphans.append(blob) }
        }
        return findings
    }

    /// A catalog that is not that of these files must not cost them.
    private func isPlausible(_ findings: Findings) -> Bool {
        let isFew = findings.orphans.count <= Self.plausibleCount || findings.orphans.count < findings.namedCount
        return isFew && !findings.hasLaterIDs
    }

    private func setAside(_ orphans: [FoundBlob]) async throws(StorageError) {
        for start in stride(from: 0, to: orphans.count, by: 256) where !Task.isCancelled {
            let some = orphans[start..<min(start + 256, orphans.count)]
            try await blocking.run { () throws(StorageError) in
                for orphan in some { try self.blobs.setAside(orphan) }
            }
        }
        onNotice(
            "\(orphans.count) files that no object names, as a crash leaves them, were moved to blobs/orphans; they are "
                + "removed by the first start after a week")
    }
}
