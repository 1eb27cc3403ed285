import Glibc
import Synchronization

/// Whether a file system has room for further bodies. Asked of the system once a second.
///
/// A disk that is filled to its last block could not even be emptied: deleting is a change of the catalog, and its log
/// must be able to grow.
final class FreeSpace: Sendable {
    private let path: String
    private let reserveByteCount: Int64
    private let reusable: @Sendable () throws(StorageError) -> Int64
    private let state = Mutex(State())

    private struct State {
        var isEnough = true
        var second: Int = .min
    }

    /// - Parameters:
    ///   - reserveByteCount: what is kept for deleting, for the catalog's log and its checkpoints, and for the next start.
    ///   - reusable: bytes that can be taken without any of the disk's.
    init(path: String, reserveByteCount: Int64, reusable: @escaping @Sendable () throws(StorageError) -> Int64) {
        self.path = path
        self.reusable = reusable
        self.reserveByteCount = reserveByteCount
    }

    func isEnough() -> Bool {
        guard reserveByteCount > 0 else { return true }
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return state.withLock { state in
            if state.second != time.tv_sec {
                state.second = time.tv_sec
                state.isEnough = look()
            }
            return state.isEnough
        }
    }

    private func look() -> Bool {
        var system = statvfs()
        // A system that cannot tell is not taken for full: writing will tell.
        guard statvfs(path, &system) == 0 else { return true }
        let free = Int64(clamping: UInt64(system.f_bavail) &* UInt64(system.f_frsize))
        if free > reserveByteCount { return true }
        // A catalog that cannot be read says so to whoever asks it next.
        return free > reserveByteCount / 2 && ((try? reusable()) ?? 0) > reserveByteCount
    }
}
