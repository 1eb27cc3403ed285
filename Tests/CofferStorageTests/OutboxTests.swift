import CofferModel
import CofferSystem
import Testing

@testable import CofferStorage

@Suite(.everyEngine) struct OutboxTests {
    @Test func `An event is there exactly if its change was committed`() async throws {
        let fixture = try await CatalogFixture()
        try await fixture.change { rows async throws(StorageError) in
            try await rows.append(fixture.event("committed"))
            // The change itself sees it.
            #expect(try await rows.events(after: 0, limit: 10).map(\.event.kind) == ["committed"])
        }
        let error = await #expect(throws: StorageError.self) {
            try await fixture.change { rows async throws(StorageError) in
                try await rows.append(fixture.event("refused"))
                throw .refused(S3Error(.accessDenied))
            }
        }
        #expect(error?.name == "refused: AccessDenied")
        #expect(try await Self.kinds(fixture) == ["committed"])
    }

    @Test func `An event is read as it was written, with the time of its change`() async throws {
        let clock = SettableClock(milliseconds: 5000)
        let fixture = try await CatalogFixture(clock: clock.clock)
        let events = [
            fixture.event("s3:ObjectCreated:Put", key: "é/\u{0}", document: [0, 1, 255]), fixture.event("", key: nil),
        ]
        try await fixture.change { rows async throws(StorageError) in
            for event in events { try await rows.append(event) }
        }
        clock.advance(seconds: 60)
        let stored = try await Self.events(fixture)
        #expect(stored.map(\.event) == events)
        #expect(stored.map(\.time) == [Timestamp(milliseconds: 5000), Timestamp(milliseconds: 5000)])
    }

    @Test func `Events are read in the order of their changes, after a number and so many`() async throws {
        let fixture = try await CatalogFixture()
        for index in 0..<5 {
            try await fixture.change { rows async throws(StorageError) in
                // Objects and events have numbers of one order.
                _ = try await rows.nextSequence()
                for part in ["a", "b"] { try await rows.append(fixture.event("\(index)\(part)")) }
            }
        }
        let all = try await Self.events(fixture)
        #expect(all.map(\.event.kind) == (0..<5).flatMap { ["\($0)a", "\($0)b"] })
        #expect(all.map(\.sequence) == all.map(\.sequence).sorted() && Set(all.map(\.sequence)).count == 10)
        for (index, event) in all.enumerated() {
            let later = try await Self.kinds(fixture, after: event.sequence, limit: 3)
            #expect(later == all[(index + 1)...].prefix(3).map(\.event.kind))
        }
        #expect(try await Self.kinds(fixture, limit: 0).isEmpty)
    }

    @Test func `Events that were delivered are removed, up to the last of them`() async throws {
        let fixture = try await CatalogFixture()
        try await fixture.change { rows async throws(StorageError) in
            for kind in ["a", "b", "c"] { try await rows.append(fixture.event(kind)) }
        }
        let delivered = try await Self.events(fixture)[1].sequence
        // A removal that is not committed removes nothing.
        await #expect(throws: StorageError.self) {
            try await fixture.change { rows async throws(StorageError) in
                try await rows.removeEvents(through: delivered)
                throw .busy
            }
        }
        #expect(try await Self.kinds(fixture) == ["a", "b", "c"])
        for _ in 0..<2 {
            try await fixture.change { rows async throws(StorageError) in
                try await rows.removeEvents(through: delivered)
            }
            #expect(try await Self.kinds(fixture) == ["c"])
        }
        try await fixture.change { rows async throws(StorageError) in try await rows.append(fixture.event("d")) }
        #expect(try await Self.kinds(fixture, after: delivered) == ["c", "d"])
    }

    /// A consumer that reads, delivers and removes beside the writers.
    @Test func `Beside writers each event is delivered once, and none is passed over`() async throws {
        let fixture = try await CatalogFixture()
        let count = 300
        let delivered = try await withThrowingTaskGroup(of: [String].self) { group in
            for writer in 0..<3 {
                group.addTask {
                    for index in 0..<(count / 3) {
                        let isRefused = index % 10 == 9
                        // Every tenth change is refused, and its event with it.
                        try? await fixture.change { rows async throws(StorageError) in
                            try await rows.append(fixture.event("\(writer) \(index)"))
                            if isRefused { throw .busy }
                        }
                    }
                    return []
                }
            }
            group.addTask {
                var delivered: [String] = []
                while delivered.count < count * 9 / 10 {
                    let events = try await Self.events(fixture, limit: 7)
                    guard let last = events.last else {
                        await Task.yield()
                        continue
                    }
                    delivered += events.map(\.event.kind)
                    try await fixture.change { rows async throws(StorageError) in
                        try await rows.removeEvents(through: last.sequence)
                    }
                }
                return delivered
            }
            return try await group.reduce([], +)
        }
        for writer in 0..<3 {
            let expected = (0..<(count / 3)).filter { $0 % 10 != 9 }.map { "\(writer) \($0)" }
            #expect(delivered.filter { $0.hasPrefix("\(writer) ") } == expected)
        }
        #expect(try await Self.events(fixture).isEmpty)
    }

    // MARK: Steps

    private static func events(
        _ fixture: CatalogFixture, after sequence: Int64 = 0, limit: Int = 1000
    ) async throws -> [StoredEvent] {
        try await fixture.read { rows async throws(StorageError) in
            try await rows.events(after: sequence, limit: limit)
        }
    }

    private static func kinds(
        _ fixture: CatalogFixture, after sequence: Int64 = 0, limit: Int = 1000
    ) async throws -> [String] {
        try await events(fixture, after: sequence, limit: limit).map(\.event.kind)
    }
}
