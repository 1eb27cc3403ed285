import CofferTestSupport
import Testing

@testable import CofferStorage

/// The store on a disk whose power is cut again and again: 1,000 times in all.
struct PowerCutTests {
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `What was acknowledged survives, and another change is there whole or not at all`(seed: UInt64) async throws {
        var run = PowerCutRun(seed: seed)
        while run.cutCount < 100 { try await run.liveUntilCut() }
        try await run.end()
        #expect(run.acknowledgedCount > 300 && run.foundCount > 0 && run.lostCount > 5, "\(run)")
    }

    /// The first start makes files that later ones rely on.
    @Test func `A first start that is interrupted anywhere does not matter`() async throws {
        for seed in 1...100 as ClosedRange<UInt64> {
            var run = PowerCutRun(seed: seed)
            try await run.liveUntilCut(duringStart: true)
            try await run.end()
        }
    }
}

/// A store that lives through losses of power, and what it must have.
private struct PowerCutRun: CustomStringConvertible {
    private let seed: UInt64
    private var generator: SeededGenerator
    private var changes: StoreChanges
    private var disk: SimulatedDisk
    private var expected = StoreContents()
    /// The changes that were not acknowledged before the power was cut.
    private var open: [StoreChange] = []
    private(set) var cutCount = 0
    private(set) var acknowledgedCount = 0
    /// How many changes were there although they were not acknowledged, and how many were not.
    private(set) var (foundCount, lostCount) = (0, 0)

    init(seed: UInt64) {
        self.seed = seed
        generator = SeededGenerator(seed: seed)
        changes = StoreChanges(seed: seed)
        disk = SimulatedDisk(seed: seed)
    }

    var description: String {
        "seed \(seed), cut \(cutCount), \(acknowledgedCount) changes acknowledged, of the others \(foundCount) found and "
            + "\(lostCount) not"
    }

    // MARK: A life of the store

    /// Opens the store, compares it with what it must have, and changes it until the power is cut.
    mutating func liveUntilCut(duringStart: Bool = false) async throws {
        let isInterrupted = duringStart || generator.isOne(in: 4)
        if isInterrupted { disk.cutPower(after: Int.random(in: 1...150, using: &generator)) }
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
        do throws(StorageError) {
            let (disk, description) = (disk, description)
            return StoreClient(
                store: try await ObjectStore(
                    path: "/data", inlineLimit: StoreFixture.inlineLimit, reserveByteCount: 0, fileSystem: disk,
                    onFault: { fault in
                        if !disk.isOff { Issue.record("\(description): \(fault)") }
                    }))
        } catch {
            try #require(disk.isOff, "\(self): the store does not start: \(error)")
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
                try #require(disk.isOff, "\(self): \(change.name): \(error)")
                open.append(change)
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
            throw PowerCutFailure(description: "\(self): what is stored cannot be read: \(error)")
        }
        for change in open {
            let isFound = found.has(change.after)
            if isFound { expected.apply(change.after) }
            (foundCount, lostCount) = (foundCount + (isFound ? 1 : 0), lostCount + (isFound ? 0 : 1))
        }
        let differences = found.differences(from: expected)
        try #require(
            differences.isEmpty, "\(self): \(differences), after \(open.map(\.name)) without acknowledgement")
        open = []
        try await compareTotals(client)
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
        #expect(totals.objects == objects && totals.bytes == bytes && totals.uploads == uploads, "\(self)")
        #expect(client.store.damagedReadCount == 0, "\(self)")
    }

    /// Compares once more, deletes everything, and requires that nothing is left.
    mutating func end() async throws {
        let client = try #require(try await start())
        try await compare(client)
        for bucket in try await client.buckets() {
            for version in try await client.versions(in: bucket) {
                try await client.store.delete([Deletion(key: version.key, version: version.version)], in: bucket)
            }
            for upload in try await client.uploads(in: bucket) { try await client.store.abort(upload, in: bucket) }
            try await client.store.deleteBucket(bucket)
        }
        try await waitForBackground(client)
        let left = try disk.names(in: "/data/blobs").filter { $0 != "orphans" }
        #expect(left == ["staging"], "\(self)")
        #expect(try disk.names(in: "/data/blobs/staging").isEmpty, "\(self)")
        try await client.store.close()
    }

    /// Waits until the background has nothing to do.
    private func waitForBackground(_ client: StoreClient) async throws {
        while client.store.jobs.statuses.contains(where: { $0.state != .idle }) {
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}

private struct PowerCutFailure: Error, CustomStringConvertible {
    let description: String
}
