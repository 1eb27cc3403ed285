import Synchronization

/// Removes, in the background, the files of segments that are no longer referenced.
final class GarbageReaper: Sendable {
    private let catalog: any Catalog
    private let blobs: any BlobStore
    private let blocking: BlockingQueue
    private let pins: SegmentPins
    private let onFault: @Sendable (StorageError) -> Void
    private let state = Mutex(State())

    private struct State {
        var task: Task<Void, Never>?
        /// Whether ``wake()`` was called since the last look.
        var isWoken = false
        var isEnded = false
    }

    /// - Parameter onFault: called with failures; the garbage stays for the next time.
    init(
        catalog: any Catalog, blobs: any BlobStore, blocking: BlockingQueue, pins: SegmentPins,
        onFault: @escaping @Sendable (StorageError) -> Void
    ) {
        self.pins = pins
        self.catalog = catalog
        self.blobs = blobs
        self.blocking = blocking
        self.onFault = onFault
    }

    /// Starts looking for garbage; called when there may be some.
    func wake() {
        state.withLock { state in
            state.isWoken = true
            guard state.task == nil, !state.isEnded else { return }
            state.task = Task { await self.run() }
        }
    }

    /// Waits for the work in progress and prevents any more.
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
                var last: SegmentID?
                while !isEnded {
                    last = try await removeSome(after: last)
                    if last == nil { break }
                }
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

    /// - Returns: the last segment that was checked; nil if there was none.
    private func removeSome(after segment: SegmentID?) async throws(StorageError) -> SegmentID? {
        let (last, removed) = try await blocking.run { () throws(StorageError) in
            let segments = try self.catalog.garbage(after: segment, limit: 256)
            let free = self.pins.unpinned(segments)
            for segment in free { try self.blobs.remove(segment) }
            return (segments.last, free)
        }
        if !removed.isEmpty { try await catalog.forget(removed) }
        return last
    }
}
