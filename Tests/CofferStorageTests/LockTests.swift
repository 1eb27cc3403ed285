import CofferModel
import CofferSystem
import Testing

@testable import CofferStorage

/// No way that removes a version, or changes its bytes, passes over its lock.
@Suite(.everyEngine) struct LockTests {
    private static let tomorrow = Timestamp(milliseconds: ServiceClock.system.time.milliseconds + 86_400_000)
    private static let yesterday = Timestamp(milliseconds: ServiceClock.system.time.milliseconds - 86_400_000)
    private static let held = ObjectLock(legalHold: true)

    private static func retained(_ mode: ObjectLock.Mode, until date: Timestamp = tomorrow) -> ObjectLock {
        ObjectLock(retention: ObjectLock.Retention(mode: mode, until: date))
    }

    @Test(arguments: [
        (retained(.compliance), [false, false]), (retained(.governance), [false, true]), (held, [false, false]),
        (ObjectLock(retention: retained(.governance).retention, legalHold: true), [false, false]),
        (retained(.compliance, until: yesterday), [true, true]),
        (retained(.governance, until: yesterday), [true, true]),
        (ObjectLock(legalHold: false), [true, true]), (ObjectLock(), [true, true]),
    ])
    func `A version is removed if its lock lets it go, without and with the right to pass over governance`(
        lock: ObjectLock, isRemoved: [Bool]
    ) async throws {
        for (bypasses, isRemoved) in zip([false, true], isRemoved) {
            for isCurrent in [true, false] {
                let (fixture, record) = try await Self.fixture(lock, .enabled)
                if !isCurrent { try await fixture.put([1], as: "a") }
                let deletion = Deletion(key: record.key, version: record.version, bypassesGovernance: bypasses)
                let outcomes = try await fixture.store.delete([deletion], in: fixture.bucket)
                if case .failure(let error) = outcomes.first { #expect(error.code == .accessDenied && !isRemoved) }
                let found = try await fixture.version("a", record.version)
                #expect((found == nil) == isRemoved)
                guard let found else { continue }
                #expect(try await fixture.bytes(of: found) == Self.body)
            }
        }
    }

    @Test func `With versioning a locked version is hidden and replaced, and stays`() async throws {
        let (fixture, record) = try await Self.fixture(Self.held, .enabled)
        #expect(try await fixture.delete(Deletion(key: record.key)).isDeleteMarker)
        try await fixture.put([1], as: "a")
        #expect(try await fixture.bytes(of: #require(await fixture.version("a", record.version))) == Self.body)
    }

    private typealias Way = (name: String, run: @Sendable (StoreFixture) async throws -> Void)

    /// All that would remove or change the null version of `a`.
    private static let ways: [Way] = [
        ("delete", { try await $0.delete("a") }), ("delete the version", { try await $0.delete("a", .null) }),
        ("put", { try await $0.put([1], as: "a") }), ("copy", { try await $0.copy("other", to: "a") }),
        ("rename it", { try await rename("a", to: "b", $0) }),
        ("rename to it", { try await rename("other", to: "a", $0) }),
        ("complete an upload", { try await $0.put(parts: [[1], [2]], as: "a") }),
        ("append", { try await $0.append([1], to: "a") }),
    ]

    @Test(arguments: [Versioning.neverEnabled, .suspended], ways.indices)
    func `Nothing removes or changes a locked null version`(versioning: Versioning, index: Int) async throws {
        let way = Self.ways[index]
        let (fixture, record) = try await Self.fixture(Self.held, versioning)
        try await fixture.put(StoreFixture.pattern(5000, seed: 1), as: "other")
        let before = try await fixture.store.totals()
        await #expect(throws: (any Error).self, "\(way.name)") { try await way.run(fixture) }
        let found = try #require(try await fixture.current("a"))
        #expect(found.sequence == record.sequence && found.etag == record.etag, "\(way.name)")
        #expect(try await fixture.get("a") == Self.body)
        #expect(try await fixture.get("other") == StoreFixture.pattern(5000, seed: 1))
        #expect(try await fixture.names() == ["a", "other"])
        let after = try await fixture.store.totals()
        #expect(after.objects == before.objects && after.bytes == before.bytes)
    }

    /// Without this the table above would also pass if all of these failed for another reason.
    @Test(arguments: ways.indices)
    func `Without a lock each of the ways is open`(index: Int) async throws {
        let (fixture, _) = try await Self.fixture(ObjectLock(), .neverEnabled)
        try await fixture.put(StoreFixture.pattern(5000, seed: 1), as: "other")
        try await Self.ways[index].run(fixture)
        #expect(try await fixture.get("a") != Self.body)
    }

    @Test(arguments: [Versioning.enabled, .suspended])
    func `A locked null version under newer ones stays too`(versioning: Versioning) async throws {
        let (fixture, record) = try await Self.fixture(Self.held, .neverEnabled)
        try await fixture.setVersioning(.enabled)
        let newer = try await fixture.put([1], as: "a")
        try await fixture.setVersioning(versioning)
        if versioning == .suspended {
            for way in Self.ways where ["put", "delete", "delete the version"].contains(way.name) {
                await #expect(throws: (any Error).self, "\(way.name)") { try await way.run(fixture) }
            }
        }
        #expect(try await fixture.current("a")?.version == newer.version)
        #expect(try await fixture.bytes(of: #require(await fixture.version("a", record.version))) == Self.body)
        #expect(try await fixture.versions().count == 2)
    }

    @Test func `One deletion of several that is refused does not disturb the others`() async throws {
        let (fixture, record) = try await Self.fixture(Self.held, .neverEnabled)
        for name in ["b", "c"] { try await fixture.put(StoreFixture.pattern(5000), as: name) }
        let deletions = try ["b", "a", "c"].map { Deletion(key: try fixture.key($0)) }
        let outcomes = try await fixture.store.delete(deletions, in: fixture.bucket)
        #expect(outcomes.map { (try? $0.get()) != nil } == [true, false, true])  // Which failed is the claim.
        #expect(try await fixture.names() == ["a"])
        #expect(try await fixture.bytes(of: record) == Self.body)
        try await fixture.eventually { try fixture.segmentCount == 1 }
    }

    @Test func `A lock is put on a version, found with it and taken from it`() async throws {
        let (fixture, record) = try await Self.fixture(ObjectLock(), .enabled)
        let newer = try await fixture.put([1], as: "a")
        for (lock, isLocked) in [(Self.retained(.compliance), true), (ObjectLock(), false)] {
            let update = ObjectUpdate(key: record.key, version: record.version) { record throws(S3Error) in
                StoredAttributes(fields: lock.headerFields, tags: record.attributes.tags)
            }
            _ = try await fixture.store.update(update, in: fixture.bucket)
            let found = try #require(try await fixture.version("a", record.version))
            #expect(ObjectLock(found.attributes.field).retention?.mode == lock.retention?.mode)
            #expect(try await fixture.current("a")?.attributes.field(ObjectLock.modeField) == nil)
            let outcome = try await fixture.store.delete(
                [Deletion(key: record.key, version: record.version)], in: fixture.bucket)
            #expect((try? outcome[0].get()) == nil || !isLocked)  // A refusal is what a lock is for.
        }
        #expect(try await fixture.versions().map(\.version) == [newer.version])
    }

    // MARK: Steps

    private static let body = StoreFixture.pattern(5000)

    /// A store with `a`, which is locked.
    private static func fixture(
        _ lock: ObjectLock, _ versioning: Versioning
    ) async throws -> (StoreFixture, ObjectRecord) {
        let fixture = try await StoreFixture()
        try await fixture.setVersioning(versioning)
        return (fixture, try await fixture.put(body, as: "a", fields: lock.headerFields))
    }

    private static func rename(_ source: String, to destination: String, _ fixture: StoreFixture) async throws {
        let rename = ObjectRename(
            source: try fixture.key(source), destination: try fixture.key(destination), sourceCondition: { _ in },
            destinationCondition: { _ in })
        _ = try await fixture.store.rename(rename, in: fixture.bucket)
    }
}
