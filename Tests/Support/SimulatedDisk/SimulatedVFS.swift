import CSQLite
import CofferSystem
import Glibc
import Synchronization

/// The SQLite VFS of a simulated disk, registered for as long as the disk exists. Connections must be closed before
/// that; their open files keep the disk.
///
/// `@unchecked Sendable`: written only while the disk is made and when nobody uses it any more.
final class SimulatedVFS: @unchecked Sendable {
    let name: String
    private let vfs: UnsafeMutablePointer<sqlite3_vfs>
    private static let count = Atomic(0)

    init() {
        name = "simulated-\(Self.count.add(1, ordering: .relaxed).newValue)"
        vfs = .allocate(capacity: 1)
        vfs.initialize(to: sqlite3_vfs())
        vfs.pointee.zName = UnsafePointer(strdup(name))
    }

    deinit {
        free(UnsafeMutablePointer(mutating: vfs.pointee.zName))
        vfs.deallocate()
    }

    func register(_ disk: SimulatedDisk) {
        vfs.pointee.iVersion = 2
        vfs.pointee.szOsFile = Int32(MemoryLayout<SimulatedConnection.Handle>.size)
        vfs.pointee.mxPathname = 512
        vfs.pointee.pAppData = Unmanaged.passUnretained(disk).toOpaque()
        vfs.pointee.xOpen = { vfs, path, file, flags, openedFlags in
            simulatedDisk(of: vfs).open(path, file, flags, openedFlags)
        }
        vfs.pointee.xDelete = { vfs, path, syncs in simulatedDisk(of: vfs).delete(path, syncs: syncs != 0) }
        vfs.pointee.xAccess = { vfs, path, flags, result in simulatedDisk(of: vfs).access(path, flags, result) }
        vfs.pointee.xFullPathname = { _, path, capacity, result in
            guard let path, let result, strlen(path) < Int(capacity) else { return SQLITE_CANTOPEN }
            strcpy(result, path)
            return SQLITE_OK
        }
        vfs.pointee.xRandomness = { vfs, count, result in
            let bytes = simulatedDisk(of: vfs).withState { $0.generator.bytes(Int(count)) }
            return Int32(bytes.copy(from: 0, into: UnsafeMutableRawBufferPointer(start: result, count: Int(count))))
        }
        vfs.pointee.xSleep = { _, microseconds in
            usleep(UInt32(microseconds))
            return microseconds
        }
        vfs.pointee.xCurrentTimeInt64 = { _, result in
            // Milliseconds since noon of the Julian day 0.
            result?.pointee = SystemTime.milliseconds + 210_866_760_000_000
            return SQLITE_OK
        }
        vfs.pointee.xCurrentTime = { _, result in
            result?.pointee = Double(SystemTime.milliseconds) / 86_400_000 + 2_440_587.5
            return SQLITE_OK
        }
        vfs.pointee.xGetLastError = { vfs, _, _ in simulatedDisk(of: vfs).withState { $0.lastError } }
        guard sqlite3_vfs_register(vfs, 0) == SQLITE_OK else { preconditionFailure("SQLite has no memory for a VFS") }
    }

    func unregister() { sqlite3_vfs_unregister(vfs) }
}

private func simulatedDisk(of vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> SimulatedDisk {
    guard let data = vfs?.pointee.pAppData else { preconditionFailure("a simulated VFS has a disk") }
    return Unmanaged<SimulatedDisk>.fromOpaque(data).takeUnretainedValue()
}

extension SimulatedDisk {
    fileprivate func open(
        _ path: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ openedFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        // SQLite does not close a file without methods.
        file?.pointee.pMethods = nil
        return sqliteStatus(failing: SQLITE_CANTOPEN) { () throws(SystemError) in
            let connection = try openConnection(path.map { String(cString: $0) }, flags)
            connection.hand(to: file)
            openedFlags?.pointee = flags
        }
    }

    /// - Parameter path: nil for a temporary file without a name.
    private func openConnection(_ path: String?, _ flags: Int32) throws(SystemError) -> SimulatedConnection {
        guard let path else {
            return SimulatedConnection(
                SimulatedNode(isDirectory: false, rights: 0o600, changedSeconds: now()), on: self, newIn: nil)
        }
        let (node, isNew) = try call { state throws(SystemError) in
            let existing = try state.place(of: path).existing
            let node = try state.file(
                at: path, isMade: flags & SQLITE_OPEN_CREATE != 0, isNew: flags & SQLITE_OPEN_EXCLUSIVE != 0)
            return (node, existing == nil)
        }
        // As with the files of the system: the name of a new log or journal is synced with its first contents.
        let logs = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL
        let directory = isNew && flags & logs != 0 ? parentDirectory(of: path) : nil
        return SimulatedConnection(node, on: self, newIn: directory)
    }

    fileprivate func delete(_ path: UnsafePointer<CChar>?, syncs: Bool) -> Int32 {
        guard let path = path.map({ String(cString: $0) }) else { return SQLiteIOError.delete }
        do throws(SystemError) {
            try removeFile(path)
        } catch {
            return error.isNotFound ? SQLiteIOError.deleteMissing : SQLiteIOError.delete
        }
        guard syncs else { return SQLITE_OK }
        return sqliteStatus(failing: SQLiteIOError.directorySync) { () throws(SystemError) in
            try syncDirectory(parentDirectory(of: path))
        }
    }

    fileprivate func access(
        _ path: UnsafePointer<CChar>?, _ flags: Int32, _ result: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        // What cannot be seen does not exist, and neither does an empty file, for which SQLite asks about journals.
        let status = path.flatMap { try? self.status(of: String(cString: $0), followsLinks: true) }
        result?.pointee = (status?.byteCount ?? 0) > 0 || status?.kind == .directory ? 1 : 0
        return SQLITE_OK
    }

    /// Runs calls, and returns SQLite's code for how they ended.
    func sqliteStatus(failing code: Int32, _ body: () throws(SystemError) -> Void) -> Int32 {
        do throws(SystemError) {
            try body()
            return SQLITE_OK
        } catch {
            return error.number == ENOSPC ? SQLITE_FULL : code
        }
    }
}

extension SimulatedPlace {
    fileprivate var existing: SimulatedNode? { directory.entries[name] }
}

/// SQLite's extended codes of failed calls, whose macros Swift does not read.
enum SQLiteIOError {
    static let read = SQLITE_IOERR | 1 << 8
    static let shortRead = SQLITE_IOERR | 2 << 8
    static let write = SQLITE_IOERR | 3 << 8
    static let sync = SQLITE_IOERR | 4 << 8
    static let directorySync = SQLITE_IOERR | 5 << 8
    static let truncate = SQLITE_IOERR | 6 << 8
    static let size = SQLITE_IOERR | 7 << 8
    static let delete = SQLITE_IOERR | 10 << 8
    static let deleteMissing = SQLITE_IOERR | 23 << 8
}
