import CofferModel
import CofferSystem
import Synchronization
import Testing

@testable import CofferStorage

/// The promises of the seam about transactions.
@Suite(.everyEngine) struct CatalogEngineTests {
    @Test func `Numbers in the order of writes rise from one transaction to the next`() async throws {
        let fixture = try await CatalogFixture()
        var last: Int64 = 0
        for round in 0..<20 {
            let isRefused = round % 3 == 0
            let numbers = Mutex<[Int64]>([])
            do throws(StorageError) {
                try await fixture.change { rows async throws(StorageError) in
                    for _ in 0..<3 {
                        let number = try await rows.nextSequence()
                        numbers.withLock { $0.append(number) }
                    }
                    try await rows.setProperty("a", to: "b")
                    if isRefused { throw .busy }
                }
            } catch {
                #expect(isRefused)
            }
            let taken = numbers.withLock { $0 }
            #expect(taken == taken.sorted() && Set(taken).count == 3)
            #expect(taken[0] > last)
            // Those of a change that failed were seen by nobody.
            if !isRefused { last = taken[2] }
        }
    }

    @Test func `Changes at once get numbers of their own, in the order in which they are committed`() async throws {
        let fixture = try await CatalogFixture()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    try await fixture.change { rows async throws(StorageError) in
                        try await rows.append(fixture.event("\(index)"))
                    }
                }
            }
            try await group.waitForAll()
        }
        let events = try await fixture.read { rows async throws(StorageError) in
            try await rows.events(after: 0, limit: 1000)
        }
        #expect(Set(events.map(\.event.kind)) == Set((0..<200).map { "\($0)" }))
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
    }

    /// The changes wait behind one that does not end before all of them are submitted, so that an engine that commits
    /// many at once has them in one batch.
    @Test(arguments: [2, 3, 5])
    func `A change that throws leaves no trace, and those beside it take effect once`(distance: Int) async throws {
        let fixture = try await CatalogFixture()
        let (count, gate) = (60, Gate())
        let submitted = Submissions()
        let outcomes = try await withThrowingTaskGroup(of: (Int, String?).self) { group in
            group.addTask {
                try await fixture.change { _ async throws(StorageError) in await gate.pass() }
                return (-1, nil)
            }
            for index in 0..<count {
                group.addTask {
                    if submitted.count.add(1, ordering: .relaxed).newValue == count { gate.open() }
                    do throws(StorageError) {
                        try await Self.change(index, Self.fate(of: index, distance), fixture)
                        return (index, nil)
                    } catch {
                        return (index, error.name)
                    }
                }
            }
            return try await group.reduce(into: [Int: String?]()) { $0[$1.0] = $1.1 }
        }
        for index in 0..<count {
            let expected: String? =
                switch Self.fate(of: index, distance) {
                case .succeeds: nil
                case .throwsBeforeWriting: "busy"
                case .throwsAfterWriting: "sourceChanged"
                }
            #expect(outcomes[index] == .some(expected))
        }
        let kept = (0..<count).filter { Self.fate(of: $0, distance) == .succeeds }
        try await fixture.read { rows async throws(StorageError) in
            #expect(try await rows.property("count") == "\(kept.count)")
            #expect(Set(try await rows.events(after: 0, limit: 1000).map(\.event.kind)) == Set(kept.map { "\($0)" }))
            #expect(try await rows.events(after: 0, limit: 1000).count == kept.count)
            #expect(try await rows.totals().objects == Int64(kept.count))
            let objects = try await rows.objects(
                in: fixture.bucket, ListRange(start: .at([])), limit: 1000, withOwners: true)
            #expect(Set(objects.map(\.key)) == Set(kept.map { fixture.key("\($0)") }))
        }
    }

    private enum Fate {
        case succeeds, throwsBeforeWriting, throwsAfterWriting
    }

    private static func fate(of index: Int, _ distance: Int) -> Fate {
        guard index % distance == 0 else { return .succeeds }
        return index / distance % 2 == 0 ? .throwsBeforeWriting : .throwsAfterWriting
    }

    /// Counts itself, and writes rows of several kinds.
    private static func change(_ index: Int, _ fate: Fate, _ fixture: CatalogFixture) async throws(StorageError) {
        try await fixture.change { rows async throws(StorageError) in
            let count = Int(try await rows.property("count") ?? "0") ?? 0
            let sequence = try await rows.nextSequence()
            if fate == .throwsBeforeWriting { throw .busy }
            try await rows.setProperty("count", to: "\(count + 1)")
            try await rows.append(fixture.event("\(index)"))
            try await rows.putCurrent(fixture.record("\(index)", sequence), in: fixture.bucket)
            try await rows.addToTotals(objects: 1, bytes: 1)
            if fate == .throwsAfterWriting { throw .sourceChanged }
        }
    }

    @Test func `What a change writes it sees itself, and others when it is committed`() async throws {
        let fixture = try await CatalogFixture()
        let (isWritten, isSeen) = (Gate(), Gate())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await fixture.change { rows async throws(StorageError) in
                    let record = fixture.record("a", try await rows.nextSequence())
                    try await rows.putCurrent(record, in: fixture.bucket)
                    try await rows.setVersioning(.enabled, of: fixture.bucket)
                    #expect(try await rows.current(record.key, in: fixture.bucket) != nil)
                    #expect(try await rows.bucket(id: fixture.bucket.id)?.versioning == .enabled)
                    isWritten.open()
                    await isSeen.pass()
                }
            }
            group.addTask {
                await isWritten.pass()
                defer { isSeen.open() }
                try await fixture.read { rows async throws(StorageError) in
                    #expect(try await rows.current(fixture.key("a"), in: fixture.bucket) == nil)
                    #expect(try await rows.bucket(id: fixture.bucket.id)?.versioning == .neverEnabled)
                }
            }
            try await group.waitForAll()
        }
        try await fixture.read { rows async throws(StorageError) in
            #expect(try await rows.current(fixture.key("a"), in: fixture.bucket) != nil)
            #expect(try await rows.bucket(id: fixture.bucket.id)?.versioning == .enabled)
        }
    }

    @Test func `A read sees what was committed before it began, and the reads of a snapshot one state`() async throws {
        let fixture = try await CatalogFixture()
        @Sendable func set(_ value: String) async throws(StorageError) {
            try await fixture.change { rows async throws(StorageError) in
                try await rows.setProperty("a", to: value)
            }
        }
        try await set("1")
        try await fixture.read { rows async throws(StorageError) in
            #expect(try await rows.property("a") == "1")
            try await set("2")
            #expect(try await rows.property("a") == "2")
        }
        try await fixture.catalog.snapshot { rows async throws(StorageError) in
            #expect(try await rows.property("a") == "2")
            try await set("3")
            #expect(try await rows.property("a") == "2")
        }
        // The snapshot before has ended.
        try await fixture.catalog.snapshot { rows async throws(StorageError) in
            #expect(try await rows.property("a") == "3")
        }
    }

    @Test func `A snapshot that throws ends, and the next one sees what was written since`() async throws {
        let fixture = try await CatalogFixture()
        for round in 0..<40 {
            await #expect(throws: StorageError.self) {
                try await fixture.catalog.snapshot { rows async throws(StorageError) in
                    _ = try await rows.property("a")
                    throw .busy
                }
            }
            try await fixture.change { rows async throws(StorageError) in
                try await rows.setProperty("a", to: "\(round)")
            }
            try await fixture.read { rows async throws(StorageError) in
                #expect(try await rows.property("a") == "\(round)")
            }
        }
    }

    @Test func `A bucket in a transaction is as the transaction has changed it`() async throws {
        let fixture = try await CatalogFixture()
        try await fixture.change { rows async throws(StorageError) in
            #expect(try await rows.bucket(id: fixture.bucket.id) == fixture.bucket)
            try await rows.setVersioning(.suspended, of: fixture.bucket)
            #expect(try await rows.bucket(id: fixture.bucket.id)?.versioning == .suspended)
            try await rows.setConfiguration("cors", of: fixture.bucket, to: [1])
            #expect(try await rows.remove(fixture.bucket))
            #expect(try await rows.bucket(id: fixture.bucket.id) == nil)
            #expect(try await rows.bucket(named: fixture.bucket.name) == nil)
            #expect(try await rows.configurations(of: fixture.bucket).isEmpty)
            #expect(try await !rows.remove(fixture.bucket))
            let again = try await rows.insert(CatalogFixture.newBucket("books"))
            #expect(again.id != fixture.bucket.id)
            #expect(try await rows.bucket(id: again.id) == again)
        }
    }

    @Test func `The time of a change is that of the service's clock`() async throws {
        let clock = SettableClock(milliseconds: 1_000_000)
        let fixture = try await CatalogFixture(clock: clock.clock)
        for _ in 0..<3 {
            clock.advance(seconds: 60)
            let time = try await fixture.change { rows in rows.time }
            #expect(time == clock.clock.time)
        }
    }

    @Test func `Ids of segments are never given twice`() async throws {
        let fixture = try await CatalogFixture()
        let ids = (0..<1000).map { _ in fixture.catalog.segmentIDs.next() }
        #expect(Set(ids).count == 1000 && ids.allSatisfy { $0 > 0 })
        #expect(ids.allSatisfy { fixture.catalog.segmentIDs.age(of: $0) == .current })
    }

    @Test func `Commits and changes are counted`() async throws {
        let fixture = try await CatalogFixture()
        let before = fixture.catalog.counts
        for _ in 0..<5 {
            try await fixture.change { rows async throws(StorageError) in try await rows.setProperty("a", to: "b") }
        }
        #expect(fixture.catalog.counts.changes == before.changes + 5)
        #expect((1...5).contains(fixture.catalog.counts.commits - before.commits))
    }
}

/// Lets tasks pass once it is open.
final class Gate: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// How many changes were submitted.
private final class Submissions: Sendable {
    let count = Atomic(0)
}
