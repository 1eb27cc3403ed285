import CofferSystem
import Synchronization

/// Disk space that is held in a file and released when the disk is full: a deletion is a change of the catalog, whose
/// log must be able to grow, also at the next start.
///
/// While the space is released, only deletions may use it. Emptying the log makes room for the reserve again.
final class SpaceReserve: Sendable {
    private let path: String
    private let fileSystem: any FileSystem
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
    init(
        directory: String, fileSystem: any FileSystem, isKept: Bool, onNotice: @escaping @Sendable (String) -> Void
    ) {
        path = directory + "/reserve"
        self.fileSystem = fileSystem
        self.onNotice = onNotice
        // If the system does not report the size, assumes a large file system.
        let total = fileSystem.space(for: directory)?.totalByteCount ?? .max
        logPages = Int(clamping: max(2048, min(16_384, total / 12 / 4096)))
        byteCount = isKept ? min(Self.usualByteCount, total / 16) : 0
        state = Mutex(State(isHeld: byteCount == 0 || fileSystem.byteCount(ofFile: path) == byteCount))
    }

    /// Returns whether the catalog may grow. Takes released space back if twice as much is free.
    func isHeld() -> Bool {
        state.withLock { state in
            guard !state.isHeld else { return true }
            let free = fileSystem.space(for: path)?.freeByteCount ?? 0
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
            let hadRoom = (fileSystem.byteCount(ofFile: path) ?? 0) > 0
            // If truncating fails, the retry simply runs out of space again.
            if hadRoom { try? fileSystem.openFile(path, for: .updating).resize(to: 0) }
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
        // Without the file there is no reserve, as without the space for it.
        guard let file = try? fileSystem.openFile(path, for: .making) else { return false }
        do throws(SystemError) {
            try file.allocate(byteCount)
            return true
        } catch {
            // What was allocated before the disk was full is of no use; it stays at worst.
            try? file.resize(to: 0)
            return false
        }
    }
}
