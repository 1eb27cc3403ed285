import CofferSystem
import Synchronization

/// Whether a file system has room for further bodies. Queried from the system once a second, or for every body if the
/// reserve is smaller than what can be written in a second.
final class FreeSpace: Sendable {
    private let path: String
    private let fileSystem: any FileSystem
    private let reserveByteCount: Int64
    private let reserve: SpaceReserve
    private let clock: ServiceClock
    private let reusable: @Sendable () throws(StorageError) -> Int64
    private let onNotice: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        var isEnough = true
        /// Whether the low-space notice has been given.
        var isNoticed = false
        var second: Int64 = .min
    }

    /// - Parameters:
    ///   - reserveByteCount: the space kept for deleting, for the catalog's log and its checkpoints, and for the next
    ///     start; nil for the default.
    ///   - reserve: the part of it that is held in a file, whatever else fills the disk.
    ///   - reusable: returns the number of bytes that can be written without using more of the disk.
    ///   - onNotice: called when there is too little room, and when there is enough again.
    init(
        path: String, fileSystem: any FileSystem, reserveByteCount: Int64?, reserve: SpaceReserve, clock: ServiceClock,
        onNotice: @escaping @Sendable (String) -> Void,
        reusable: @escaping @Sendable () throws(StorageError) -> Int64
    ) {
        self.path = path
        self.fileSystem = fileSystem
        self.reusable = reusable
        self.reserveByteCount = reserveByteCount ?? Self.usualReserve(fileSystem.space(for: path))
        self.reserve = reserve
        self.clock = clock
        self.onNotice = onNotice
    }

    /// Returns the default reserve: more than the catalog's log can grow to before it is moved, but at most an eighth
    /// of a small file system.
    private static func usualReserve(_ disk: DiskSpace?) -> Int64 {
        min(StorageLimits.reserveByteCount, (disk?.totalByteCount ?? .max) / 8)
    }

    /// The current free space; nil if the system does not report it.
    var report: SpaceReport? {
        guard let disk = fileSystem.space(for: path) else { return nil }
        return SpaceReport(
            freeByteCount: disk.freeByteCount, totalByteCount: disk.totalByteCount, reserveByteCount: reserveByteCount,
            isEnough: isEnough())
    }

    func isEnough() -> Bool {
        guard reserve.isHeld() else { return false }
        guard reserveByteCount > 0 else { return true }
        let isSmall = reserveByteCount < StorageLimits.reserveByteCount
        let second = clock.nanoseconds / 1_000_000_000
        return state.withLock { state in
            guard isSmall || state.second != second else { return state.isEnough }
            state.second = second
            // If the system cannot report free space, the disk does not count as full: a write will fail if it is.
            guard let free = fileSystem.space(for: path)?.freeByteCount else { return true }
            let isEnough = isEnough(free)
            if isEnough != state.isEnough { onNotice(isEnough ? "the disk has enough free space again" : notice(free)) }
            state.isEnough = isEnough
            warn(free, &state)
            return isEnough
        }
    }

    /// Gives notice once that space is getting low, before there is too little; it must recover before the notice is
    /// given again.
    private func warn(_ free: Int64, _ state: inout State) {
        let isLow = state.isNoticed ? free < 3 * reserveByteCount : free < 2 * reserveByteCount
        if isLow, !state.isNoticed, state.isEnough {
            onNotice(
                "the disk has \(free >> 20) MiB left: objects are refused below \(reserveByteCount >> 20) MiB "
                    + "(the reserve)")
        }
        state.isNoticed = isLow
    }

    private func isEnough(_ free: Int64) -> Bool {
        if free > reserveByteCount { return true }
        // An unreadable catalog is reported to the next caller that uses it.
        return free > reserveByteCount / 2 && ((try? reusable()) ?? 0) > reserveByteCount
    }

    private func notice(_ free: Int64) -> String {
        "the disk has \(free >> 20) MiB left, and \(reserveByteCount >> 20) MiB are reserved for deleting: objects can be "
            + "read and deleted, but not written, until there is more free space"
    }
}

/// The space available for further bodies.
package struct SpaceReport: Sendable {
    package let freeByteCount: Int64
    package let totalByteCount: Int64
    /// The free space below which no objects are accepted.
    package let reserveByteCount: Int64
    /// Whether objects are accepted.
    package let isEnough: Bool
}
