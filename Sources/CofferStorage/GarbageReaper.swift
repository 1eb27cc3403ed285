import Synchronization

/// Removes, in the background, the files of segments that nothing names any more.
final class GarbageReaper: Sendable {
    private let catalog: any Catalog
    private let blobs: any BlobStore
    private let blocking: BlockingQueue
    private let onFault: @Sendable (StorageError) -> Void
    private let state = Mutex(State())

    private struct State {
        var task: Task<Void, Never>?
        /// Woken since it last looked.
        var isWoken = false
        var isEnded = false
    }

    /// - Parameter onFault: is told what fails; the garbage stays for the next time.
    init(
        catalog: any Catalog, blobs: any BlobStore, blocking: BlockingQueue,
        onFault: @escaping @Sendable (StorageError) -> Void
    ) {
        self.catalog = catalog
        self.blobs = blobs
        self.blocking = blocking
        self.onFault = onFault
    }

    /// There may be garbage.
    func wake() {
        state.withLock { state in
            state.isWoken = true
            guard state.task == nil, !state.isEnded else { return }
            state.task = Task { await self.run() }
        }
    }

    /// Waits for the work under way; none begins afterwards.
    func end() async {
        let task = state.withLock { state in
            state.isEnded = true
            return state.task
        }
        await task?.value
    }

    private func run() async {
        while mustLook() {
            do throws(StorageError) {
                while !isEnded, try await removeSome() {}
            } catch {
                onFault(error)
            }
        }
    }

    private var isEnded: Bool { state.withLock { $0.isEnded } }

    private func mustLook() -> Bool {
        state.withLock { state in
            let mustLook = state.isWoken && !state.isEnded
            state.isWoken = false
            if !mustLook { state.task = nil }
            return mustLook
        }
    }

    /// - Returns: whether there was any.
    private func removeSome() async throws(StorageError) -> Bool {
        let segments = try await blocking.run { () throws(StorageError) in
            let segments = try self.catalog.garbage(limit: 256)
            for segment in segments { try self.blobs.remove(segment) }
            return segments
        }
        guard !segments.isEmpty else { return false }
        try await catalog.forget(segments)
        return true
    }
}
