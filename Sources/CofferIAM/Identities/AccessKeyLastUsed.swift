import CofferModel
import CofferService
package import CofferStorage
import CofferSystem
import Synchronization

/// When and for which service access keys and roles were last used. The data is kept in memory and stored once a minute,
/// so that requests need not wait for it.
package final class AccessKeyLastUsed: Job {
    private let store: ObjectStore
    private let clock: ServiceClock
    private let state = Mutex(State())

    private struct State {
        var uses: [String: IAMKeyUse] = [:]
        /// Keys whose use is not stored yet.
        var pending: Set<String> = []
    }

    init(store: ObjectStore, clock: ServiceClock) {
        self.store = store
        self.clock = clock
    }

    /// - Parameter id: the access key's id or the role's unique id.
    func note(_ id: String, service: String, region: String) {
        let second = Timestamp(seconds: clock.time.seconds)
        let use = IAMKeyUse(time: second, service: service, region: region)
        let isFirst = state.withLock { state in
            // Requests of one second say nothing new.
            if state.uses[id] == use { return false }
            state.uses[id] = use
            defer { state.pending.insert(id) }
            return state.pending.isEmpty
        }
        if isFirst { store.jobs.wake(name) }
    }

    func use(of id: String) async throws(S3Error) -> IAMKeyUse? {
        if let use = state.withLock({ $0.uses[id] }) { return use }
        return try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await store.keyUse(of: id)
        }
    }

    // MARK: Storing

    package let name = "access-key-last-used"
    package let runsAtStart = false
    private static let periodSeconds: Int64 = 60

    /// Stores the uses that are not stored yet.
    package func step(from progress: [UInt8]?) async throws(StorageError) -> JobStep {
        let uses = state.withLock { state in state.uses.filter { state.pending.contains($0.key) } }
        guard !uses.isEmpty else { return JobStep(next: .whenWoken) }
        do throws(StorageError) {
            try await store.setKeyUses(uses)
        } catch .noSpace {
            // A full disk is reported to the operator in other ways.
            return JobStep(next: .after(seconds: Self.periodSeconds))
        }
        state.withLock { state in
            for (key, use) in uses where state.uses[key] == use { state.pending.remove(key) }
        }
        return JobStep(next: .after(seconds: Self.periodSeconds))
    }
}
