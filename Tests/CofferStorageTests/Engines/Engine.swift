import CofferSystem
import CofferTestSupport
import Testing

@testable import CofferMemoryCatalog
@testable import CofferStorage

/// The engines that a store can be opened over.
enum Engine: String, Sendable, CaseIterable {
    case sqlite = "SQLite"
    case memory

    /// The one that fixtures use.
    @TaskLocal static var current = Engine.sqlite

    func openStore(
        in directory: TemporaryDirectory, durability: ObjectStore.Durability, clock: ServiceClock = .system
    ) async throws -> ObjectStore {
        let onFault: @Sendable (StorageError) -> Void = { fault in
            withExtendedLifetime(directory) { _ = Issue.record("a fault in the background: \(fault)") }
        }
        let path = directory.path + "/data"
        switch self {
        case .sqlite:
            return try await ObjectStore(
                path: path, durability: durability, inlineLimit: StoreFixture.inlineLimit, reserveByteCount: 0,
                clock: clock, onFault: onFault)
        case .memory:
            let engine = try await StorageEngine(
                path: path, syncs: durability == .full, reserveByteCount: 0, fileSystem: PosixFileSystem(),
                clock: clock, onNotice: { _ in }
            ) { _, _ in LockCheckingCatalog(MemoryCatalog(clock: clock)) }
            return try await ObjectStore(
                engine, inlineLimit: StoreFixture.inlineLimit, clock: clock, onFault: onFault, onNotice: { _ in })
        }
    }

    /// Opens a catalog alone. In a directory in which there is one it is the same, if it is in files.
    func openCatalog(in directory: TemporaryDirectory, clock: ServiceClock = .system) throws -> any Catalog {
        guard self == .sqlite else { return MemoryCatalog(clock: clock) }
        let reserve = SpaceReserve(
            directory: directory.path, fileSystem: PosixFileSystem(), isKept: false, onNotice: { _ in })
        return try SQLiteCatalog(
            path: directory.path + "/catalog.sqlite", fileSystem: PosixFileSystem(), syncs: false, reserve: reserve,
            clock: clock, onFault: { Issue.record("a fault in the background: \($0)") })
    }
}

/// Runs every test of a suite once with each engine. Issues say with which.
struct EveryEngine: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        for engine in Engine.allCases {
            let note = IssueHandlingTrait.compactMapIssues { issue in
                var issue = issue
                issue.comments.append("with the engine \(engine.rawValue)")
                return issue
            }
            try await note.provideScope(for: test, testCase: testCase) {
                await Engine.$current.withValue(engine) { await Self.recordingErrors(of: function) }
            }
        }
    }

    /// Records what a test throws as its issue, so that it does not end the test of the engines after it.
    private static func recordingErrors(of function: @Sendable () async throws -> Void) async {
        do {
            try await function()
        } catch is ExpectationFailedError {
            // Was recorded when it was thrown.
        } catch {
            Issue.record(error)
        }
    }
}

extension Trait where Self == EveryEngine {
    static var everyEngine: Self { EveryEngine() }
}
