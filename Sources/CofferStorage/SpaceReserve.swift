import Glibc
import Synchronization

/// Room on the disk that is kept in a file, and given away when the disk is full: a deletion is a change of the catalog,
/// whose log must be able to grow, and so must it be at the next start.
///
/// While the room is given away nothing but deletions may use it. A log that was emptied gives it back.
final class SpaceReserve: Sendable {
    private let path: String
    /// 0 for none.
    private let byteCount: Int64
    /// Pages of 4 KiB that the catalog's log may have before the writer waits until it is moved: 64 MiB; of small file
    /// systems a twelfth, but 8 MiB at least.
    let logPages: Int
    private let onNotice: @Sendable (String) -> Void
    private let state: Mutex<State>

    private struct State {
        var isHeld: Bool
        var isNoticed = false
    }

    /// Of small file systems no more than a sixteenth.
    private static let usualByteCount: Int64 = 8 << 20

    /// - Parameters:
    ///   - isKept: whether there is a reserve; a store that goes when its process ends needs none.
    ///   - onNotice: called when the room is given away and when it is there again.
    init(directory: String, isKept: Bool, onNotice: @escaping @Sendable (String) -> Void) {
        path = directory + "/reserve"
        self.onNotice = onNotice
        // Where the system does not tell there is the usual room.
        let total = SpaceOnDisk(path: directory)?.totalByteCount ?? .max
        logPages = Int(clamping: max(2048, min(16_384, total / 12 / 4096)))
        byteCount = isKept ? min(Self.usualByteCount, total / 16) : 0
        state = Mutex(State(isHeld: byteCount == 0 || fileSize(path) == byteCount))
    }

    /// Whether the catalog may grow. Where the room was given away, it is taken again if there is twice as much.
    func isHeld() -> Bool {
        state.withLock { state in
            guard !state.isHeld else { return true }
            let free = SpaceOnDisk(path: path)?.freeByteCount ?? 0
            state.isHeld = free > 2 * byteCount && take(byteCount)
            note(isFull: !state.isHeld, &state)
            return state.isHeld
        }
    }

    /// The disk is full.
    ///
    /// - Returns: whether there was room to give away.
    @discardableResult
    func release() -> Bool {
        state.withLock { state in
            guard byteCount > 0 else { return false }
            let hadRoom = (fileSize(path) ?? 0) > 0
            // What cannot be given away is not there when it is tried again.
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
                ? "the disk is full: what is stored can be read and deleted, and nothing written, until there is room"
                : "the disk has room again: everything works")
    }

    /// For the next start: of the room that the log had, as much as there is.
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

/// What a file system has.
struct SpaceOnDisk {
    let freeByteCount: Int64
    let totalByteCount: Int64

    /// - Parameter path: of a file or directory on it, or of one that is to be made there.
    /// - Returns: nil where the system does not tell.
    init?(path: String) {
        var system = statvfs()
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard statvfs(path, &system) == 0 || statvfs(directory, &system) == 0 else { return nil }
        freeByteCount = Int64(clamping: UInt64(system.f_bavail) &* UInt64(system.f_frsize))
        totalByteCount = Int64(clamping: UInt64(system.f_blocks) &* UInt64(system.f_frsize))
    }
}
