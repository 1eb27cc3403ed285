import CofferModel
import CofferService
import CofferStorage
import CofferSystem
import Synchronization

/// When and for which service access keys and roles were last used. The data is kept in memory and stored periodically,
/// so that requests need not wait for it.
package final class AccessKeyLastUsed: Sendable {
    private let store: ObjectStore
    private let clock: ServiceClock
    private let state = Mutex(State())
    /// Time between two writes to the store, in milliseconds.
    private static let period: Int64 = 60_000

    private struct State {
        var uses: [String: IAMKeyUse] = [:]
        /// Keys whose use is not stored yet.
        var pending: Set<String> = []
        var stored = Timestamp(milliseconds: 0)
    }

    init(store: ObjectStore, clock: ServiceClock) {
        self.store = store
        self.clock = clock
    }

    /// - Parameter id: the access key's id or the role's unique id.
    func note(_ id: String, service: String, region: String) {
        let now = clock.time
        let isDue = state.withLock { state in
            state.uses[id] = IAMKeyUse(time: now, service: service, region: region)
            state.pending.insert(id)
            guard now.milliseconds - state.stored.milliseconds >= Self.period else { return false }
            state.stored = now
            return true
        }
        if isDue { Task { await self.save() } }
    }

    func use(of id: String) throws(S3Error) -> IAMKeyUse? {
        if let use = state.withLock({ $0.uses[id] }) { return use }
        return try mappingStorageErrors { () throws(StorageError) in try store.keyUse(of: id) }
    }

    /// Stores the uses that are not stored yet.
    package func save() async {
        let uses = state.withLock { state in state.uses.filter { state.pending.contains($0.key) } }
        guard !uses.isEmpty else { return }
        do throws(StorageError) {
            try await store.setKeyUses(uses)
        } catch {
            return  // They stay pending until the next save.
        }
        state.withLock { state in
            for (key, use) in uses where state.uses[key] == use { state.pending.remove(key) }
        }
    }
}
