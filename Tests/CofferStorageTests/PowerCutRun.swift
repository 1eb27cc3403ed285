import CofferSystem
import CofferTestSupport
import Synchronization

@testable import CofferStorage

/// A store that lives through losses of power, and what it must have.
struct PowerCutRun: CustomStringConvertible {
    private let seed: UInt64
    private let forgottenSync: ForgetfulFiles.Sync?
    private var generator: SeededGenerator
    private var changes: StoreChanges
    private var disk: SimulatedDisk
    private let faults = Faults()
    private var expected = StoreContents()
    /// The changes that were not acknowledged before the power was cut.
    private var unacknowledged: [StoreChange] = []
    private(set) var cutCount = 0
    private(set) var acknowledgedCount = 0
    /// How many of the other changes were there, and how many were not.
    private(set) var (foundCount, lostCount) = (0, 0)

    /// - Parameter sync: syncs that do nothing.
    init(seed: UInt64, forgetting sync: ForgetfulFiles.Sync? = nil) {
        self.seed = seed
        forgottenSync = sync
        generator = SeededGenerator(seed: seed)
        changes = StoreChanges(seed: seed)
        disk = SimulatedDisk(seed: seed)
    }

    var description: String {
        "seed \(seed), cut \(cutCount), \(acknowledgedCount) changes acknowledged, of the others \(foundCount) found and "
            + "\(lostCount) not"
    }

    // MARK: A life of the store

    /// Opens the store, compares it with what it must have, and changes it until the power is cut. Every fourth time the
    /// power may be cut during the start.
    mutating func liveUntilCut(duringStart: Bool = false) async throws {
        if duringStart || generator.isOne(in: 4) { disk.cutPower(after: Int.random(in: 1...150, using: &generator)) }
        if let client = try await start() {
            disk.cutPower(after: nil)
            if !disk.isOff { try await compare(client) }
            disk.cutPower(after: Int.random(in: 1...(generator.isOne(in: 2) ? 60 : 600), using: &generator))
            while !disk.isOff { try await change(client) }
            // Its last checkpoint fails without power.
            try? await client.store.close()
        }
        disk = disk.cutPower(using: &generator)
        cutCount += 1
    }

    /// - Returns: nil if the power was cut.
    private func start() async throws -> StoreClient? {
        let (disk, faults) = (disk, faults)
        let files: any FileSystem = forgottenSync.map { ForgetfulFiles(disk, forgetting: $0) } ?? disk
        do throws(StorageError) {
            return StoreClient(
                store: try await ObjectStore(
                    path: "/data", inlineLimit: StoreFixture.inlineLimit, reserveByteCount: 0, fileSystem: files,
                    onFault: { fault in
                        if !disk.isOff { faults.add(fault) }
                    }))
        } catch {
            guard disk.isOff else { throw discrepancy("the store does not start: \(error)") }
            return nil
        }
    }

    /// Makes some changes at once.
    private mutating func change(_ client: StoreClient) async throws {
        let batch = changes.next(expected)
        let outcomes = await withTaskGroup(of: (StoreChange, (any Error)?).self) { group in
            for change in batch {
                group.addTask {
                    do {
                        try await change.make(client)
                        return (change, nil)
                    } catch {
                        return (change, error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (change, error) in outcomes {
            if let error {
                guard disk.isOff else { throw discrepancy("\(change.name): \(error)") }
                unacknowledged.append(change)
            } else {
                expected.apply(change.after)
                acknowledgedCount += 1
            }
        }
    }

    // MARK: Comparing

    /// Requires what was acknowledged, and of every other change all or nothing.
    private mutating func compare(_ client: StoreClient) async throws {
        let found: StoreContents
        do {
            found = try await StoreContents(of: client)
        } catch {
            throw discrepancy("what is stored cannot be read: \(error)")
        }
        for change in unacknowledged {
            let isFound = found.has(change.after)
            if isFound { expected.apply(change.after) }
            (foundCount, lostCount) = (foundCount + (isFound ? 1 : 0), lostCount + (isFound ? 0 : 1))
        }
        let differences = found.differences(from: expected)
        guard differences.isEmpty else {
            throw discrepancy("\(differences); not acknowledged were \(unacknowledged.map(\.name))")
        }
        unacknowledged = []
        try await compareTotals(client)
        if let fault = faults.first { throw discrepancy("a fault in the background: \(fault)") }
    }

    private func compareTotals(_ client: StoreClient) async throws {
        let totals = try await client.store.totals()
        var (objects, bytes, uploads): (Int64, Int64, Int64) = (0, 0, 0)
        for bucket in try await client.buckets() {
            for version in try await client.versions(in: bucket) where !version.isDeleteMarker {
                (objects, bytes) = (objects + 1, bytes + version.size)
            }
            uploads += Int64(try await client.uploads(in: bucket).count)
        }
        guard totals.objects == objects, totals.bytes == bytes, totals.uploads == uploads else {
            throw discrepancy("\(totals) instead of \(objects) objects of \(bytes) bytes and \(uploads) uploads")
        }
    }

    /// Compares once more, deletes everything, and requires that nothing is left.
    mutating func end() async throws {
        guard let client = try await start() else { throw discrepancy("the power is off") }
        try await compare(client)
        for bucket in try await client.buckets() {
            for version in try await client.versions(in: bucket) {
                try await client.store.delete([Deletion(key: version.key, version: version.version)], in: bucket)
            }
            for upload in try await client.uploads(in: bucket) { try await client.store.abort(upload, in: bucket) }
            try await client.store.deleteBucket(bucket)
        }
        // Until the background has nothing to do.
        while client.store.jobs.statuses.contains(where: { $0.state != .idle }) {
            try await Task.sleep(for: .milliseconds(1))
        }
        let left = try paths(below: "/data/blobs").filter { !$0.hasPrefix("/data/blobs/orphans") }
        guard left == ["/data/blobs/staging"] else { throw discrepancy("\(left) is left without an object") }
        try await client.store.close()
    }

    private func paths(below directory: String) throws -> [String] {
        try disk.names(in: directory).flatMap { name in
            let path = "\(directory)/\(name)"
            return disk.isDirectory(path) ? [path] + (try paths(below: path)) : [path]
        }
    }

    private func discrepancy(_ text: String) -> Discrepancy { Discrepancy("\(self): \(text)") }
}

/// The failures of background work while there was power.
private final class Faults: Sendable {
    private let errors = Mutex<[StorageError]>([])

    var first: StorageError? { errors.withLock { $0.first } }
    func add(_ error: StorageError) { errors.withLock { $0.append(error) } }
}
