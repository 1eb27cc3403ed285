import Glibc
import Synchronization

/// Disk space that is held in a file and released when the disk is full: a deletion is a change of the catalog, whose
/// log must be able to grow, also at the next start.
///
/// While the space is released, only deletions may use it. Emptying the log makes room for the reserve again.
final class SpaceReserve: Sendable {
    private let path: String
    /// 0 for no reserve.
    private let byteCount: Int64
    /// How many pages of 4 KiB the catalog's log may have before the writer waits until it is moved: 64 MiB; on small
    /// file systems a twelfth of their size, but at least 8 MiB.
    let logPages: Int
    private let onNotice: @Sendable (String) -> Void
    private let state: Mutex<State>

    private struct State {
        var isHeld: Bool
        var isNoticed = false
    }

    /// The usual size of the reserve; on small file systems at most a sixteenth of their size.
    private static let usualByteCount: Int64 = 8 << 20

    /// - Parameters:
    ///   - isKept: whether there is a reserve; a store that is removed when its process ends needs none.
    ///   - onNotice: called when the space is released and when it is available again.
    init(directory: String, isKept: Bool, onNotice: @escaping @Sendable (String) -> Void) {
        path = directory + "/reserve"
        self.onNotice = onNotice
        // If the system does not report the size, assumes a large file system.
        let total = SpaceOnDisk(path: directory)?.totalByteCount ?? .max
        logPages = Int(clamping: max(2048, min(16_384, total / 12 / 4096)))
        byteCount = isKept ? min(Self.usualByteCount, total / 16) : 0
        state = Mutex(State(isHeld: byteCount == 0 || fileSize(path) == byteCount))
    }

    /// Returns whether the catalog may grow. Takes released space back if twice as much is free.
    func isHeld() -> Bool {
        state.withLock { state in
            guard !state.isHeld else { return true }
            let free = SpaceOnDisk(path: path)?.freeByteCount ?? 0
            state.isHeld = free > 2 * byteCount && take(byteCount)
            note(isFull: !state.isHeld, &state)
            return state.isHeld
        }
    }

    /// Releases the space because the disk is full.
    ///
    /// - Returns: whether there was space to release.
    @discardableResult
    func release() -> Bool {
        state.withLock { state in
            guard byteCount > 0 else { return false }
            let hadRoom = (fileSize(path) ?? 0) > 0
            // If truncating fails, the retry simply runs out of space again.
            if hadRoom { truncate(path, 0) }
            state.isHeld = false
            note(isFull: true, &state)
            return hadRoom
        }
    }

    private func note(isFull: Bool, _ state: inout State) {
        guard isFull != state.isNoticed else { return }
        state.isNoticed = isFull
        onNotice(
            isFull
                ? "the disk is full: objects can be read and deleted, but nothing written, until there is free space"
                : "the disk has free space again: everything works")
    }

    /// Takes as much of the reserve as possible for the next start, from the space that the log had.
    func takeWhatIsThere() {
        state.withLock { state in
            var wanted = byteCount
            while !state.isHeld, wanted >= 64 << 10, !take(wanted) { wanted /= 2 }
        }
    }

    private func take(_ byteCount: Int64) -> Bool {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        if posix_fallocate(descriptor, 0, off_t(byteCount)) == 0 { return true }
        ftruncate(descriptor, 0)
        return false
    }
}

/// The free and total space of a file system.
struct SpaceOnDisk {
    let freeByteCount: Int64
    let totalByteCount: Int64

    /// - Parameter path: a file or directory on it, or one that is to be made there.
    /// - Returns: nil if the system does not report it.
    init?(path: String) {
        var system = statvfs()
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard statvfs(path, &system) == 0 || statvfs(directory, &system) == 0 else { return nil }
        freeByteCount = Int64(clamping: UInt64(system.f_bavail) &* UInt64(system.f_frsize))
        totalByteCount = Int64(clamping: UInt64(system.f_blocks) &* UInt64(system.f_frsize))
    }
}
