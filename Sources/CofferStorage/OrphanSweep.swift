import CofferModel
import CofferSystem
import Synchronization

/// After a start, scans all segment files for those that the catalog does not name, and sets them aside: segments that
/// were not yet named at a crash, and removed ones that a loss of power brought back. They are deleted after a week, in
/// which an operator who restored an older catalog by mistake can still restore the right one.
///
/// The sweep works in the background, on a 256th of the files at a time, on a thread that may block, and pauses three
/// times as long as it works. Ids that were assigned since the start are skipped: their segments may be named at any
/// time. An earlier id that is not named now will never be named again.
final class OrphanSweep: Sendable {
    private let catalog: any Catalog
    private let blobs: any BlobStore
    private let blocking: BlockingQueue
    private let clock: ServiceClock
    private let onFault: @Sendable (StorageError) -> Void
    private let onNotice: @Sendable (String) -> Void
    private let task = Mutex<Task<Void, Never>?>(nil)

    private static let keptSeconds: Int64 = 7 * 24 * 3600
    /// Up to this many orphans are always set aside; a larger number must be smaller than that of the named files.
    private static let plausibleCount = 1000
    /// The scan stops after this many orphans; the others wait for the next start.
    private static let limit = 100_000

    private struct Findings {
        var namedCount = 0
        var orphans: [FoundBlob] = []
        /// Whether there are ids that the catalog has not assigned yet.
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

    /// Waits for the step in progress and prevents any more.
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
            // If the sleep is cancelled, the loop ends before its next step.
            try? await Task.sleep(for: watch.elapsed * 3)
        }
        guard !Task.isCancelled, !findings.orphans.isEmpty else { return }
        guard isPlausible(findings) else {
            throw .failed(
                "blobs has \(findings.orphans.count) files that the catalog does not name, and "
                    + "\(findings.namedCount) that it does: catalog.sqlite may be an older copy or belong to another "
                    + "store. The files are kept")
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

    /// Returns whether the catalog can belong to these files: files must not be lost to a catalog that does not.
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
            "\(orphans.count) files that no object uses, left by a crash, were moved to blobs/orphans; the first start "
                + "after a week removes them")
    }
}
