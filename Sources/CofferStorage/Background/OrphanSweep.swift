import CofferModel
import CofferSystem
import Synchronization

/// After a start, scans all segment files for those that the catalog does not name, and sets them aside: segments that
/// were not yet named at a crash, and removed ones that a loss of power brought back. They are deleted after a week, in
/// which an operator who restored an older catalog by mistake can still restore the right one.
///
/// A step scans a 256th of the files. Ids that were assigned since the start are skipped: their segments may be named at
/// any time. An earlier id that is not named now will never be named again.
final class OrphanSweep: Job {
    private let catalog: any Catalog
    private let blobs: any BlobStore
    private let clock: ServiceClock
    private let onFault: @Sendable (StorageError) -> Void
    private let onNotice: @Sendable (String) -> Void
    private let state = Mutex(State.beginning)

    private static let keptSeconds: Int64 = 7 * 24 * 3600
    /// Up to this many orphans are always set aside; a larger number must be smaller than that of the named files.
    private static let plausibleCount = 1000
    /// The scan stops after this many orphans; the others wait for the next start.
    private static let limit = 100_000
    /// How many files a step sets aside.
    private static let stepCount = 256

    private enum State {
        case beginning
        case scanning(rest: [String], Findings)
        case settingAside(rest: ArraySlice<FoundBlob>, count: Int)
    }

    private struct Findings {
        var namedCount = 0
        var orphans: [FoundBlob] = []
        /// Whether there are ids that the catalog has not assigned yet.
        var hasLaterIDs = false
    }

    init(
        catalog: any Catalog, blobs: any BlobStore, clock: ServiceClock,
        onFault: @escaping @Sendable (StorageError) -> Void, onNotice: @escaping @Sendable (String) -> Void
    ) {
        self.catalog = catalog
        self.blobs = blobs
        self.clock = clock
        self.onFault = onFault
        self.onNotice = onNotice
    }

    let name = "orphan-sweep"
    let restFactor = 3

    func step(from progress: [UInt8]?) async throws(StorageError) -> JobStep {
        switch state.withLock({ $0 }) {
        case .beginning:
            try blobs.removeSetAside(before: Timestamp(seconds: clock.time.seconds - Self.keptSeconds))
            return continuing(.scanning(rest: try blobs.parts(), Findings()))
        case .scanning(var rest, let findings):
            if let part = rest.popLast(), findings.orphans.count < Self.limit {
                return continuing(.scanning(rest: rest, try await look(part, findings)))
            }
            return decide(findings)
        case .settingAside(let rest, let count):
            for orphan in rest.prefix(Self.stepCount) { try blobs.setAside(orphan) }
            let others = rest.dropFirst(Self.stepCount)
            guard others.isEmpty else { return continuing(.settingAside(rest: others, count: count)) }
            onNotice(
                "\(count) files that no object uses, left by a crash, were moved to blobs/orphans; the first start "
                    + "after a week removes them")
            return JobStep(next: .whenWoken)
        }
    }

    private func continuing(_ next: State) -> JobStep {
        state.withLock { $0 = next }
        return JobStep(next: .atOnce)
    }

    private func look(_ part: String, _ findings: Findings) async throws(StorageError) -> Findings {
        let found = try blobs.segments(ofPart: part)
        let lease = catalog.segmentIDs
        return try await catalog.read { rows async throws(StorageError) in
            var findings = findings
            for blob in found {
                switch lease.age(of: blob.id.value) {
                case .later: findings.hasLaterIDs = true
                case .current: break
                case .earlier:
                    if try await rows.isNamed(blob.id) {
                        findings.namedCount += 1
                    } else {
                        findings.orphans.append(blob)
                    }
                }
            }
            return findings
        }
    }

    /// Decides whether the catalog can belong to these files: files must not be lost to a catalog that does not.
    private func decide(_ findings: Findings) -> JobStep {
        let count = findings.orphans.count
        guard count > 0 else { return JobStep(next: .whenWoken) }
        let isFew = count <= Self.plausibleCount || count < findings.namedCount
        guard isFew, !findings.hasLaterIDs else {
            // Not thrown, because another attempt would find the same.
            onFault(
                .failed(
                    "blobs has \(count) files that the catalog does not name, and \(findings.namedCount) that it does: "
                        + "catalog.sqlite may be an older copy or belong to another store. The files are kept"))
            return JobStep(next: .whenWoken)
        }
        return continuing(.settingAside(rest: findings.orphans[...], count: count))
    }
}
