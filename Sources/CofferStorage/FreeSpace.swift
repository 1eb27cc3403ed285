import Glibc
import Synchronization

/// Whether a file system has room for further bodies. Asked of the system once a second.
final class FreeSpace: Sendable {
    private let path: String
    private let reserveByteCount: Int64
    private let reserve: SpaceReserve
    private let reusable: @Sendable () throws(StorageError) -> Int64
    private let onNotice: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        var isEnough = true
        var second: Int = .min
    }

    /// - Parameters:
    ///   - reserveByteCount: what is kept for deleting, for the catalog's log and its checkpoints, and for the next start.
    ///   - reserve: what is kept of it in any case, whatever else fills the disk.
    ///   - reusable: bytes that can be taken without any of the disk's.
    ///   - onNotice: called when there is too little room, and when there is enough again.
    init(
        path: String, reserveByteCount: Int64, reserve: SpaceReserve, onNotice: @escaping @Sendable (String) -> Void,
        reusable: @escaping @Sendable () throws(StorageError) -> Int64
    ) {
        self.path = path
        self.reusable = reusable
        self.reserveByteCount = reserveByteCount
        self.reserve = reserve
        self.onNotice = onNotice
    }

    func isEnough() -> Bool {
        guard reserve.isHeld() else { return false }
        guard reserveByteCount > 0 else { return true }
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return state.withLock { state in
            guard state.second != time.tv_sec else { return state.isEnough }
            state.second = time.tv_sec
            // A system that cannot tell is not taken for full: writing will tell.
            guard let free = SpaceOnDisk(path: path)?.freeByteCount else { return true }
            let isEnough = isEnough(free)
            if isEnough != state.isEnough { onNotice(isEnough ? "the disk has room again" : notice(free)) }
            state.isEnough = isEnough
            return isEnough
        }
    }

    private func isEnough(_ free: Int64) -> Bool {
        if free > reserveByteCount { return true }
        // A catalog that cannot be read says so to whoever asks it next.
        return free > reserveByteCount / 2 && ((try? reusable()) ?? 0) > reserveByteCount
    }

    private func notice(_ free: Int64) -> String {
        "the disk has \(free >> 20) MiB left, and \(reserveByteCount >> 20) MiB are kept for deleting: what is stored can "
            + "be read and deleted, and no objects written, until there is room"
    }
}
