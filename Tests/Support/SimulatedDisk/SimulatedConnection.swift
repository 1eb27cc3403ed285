import CSQLite
import CofferSystem
import Glibc

/// A file of a simulated disk that SQLite has open.
///
/// `@unchecked Sendable`: its locks are used only under the lock of its disk.
final class SimulatedConnection: @unchecked Sendable {
    private let node: SimulatedNode
    private let disk: SimulatedDisk
    /// The directory to be synced together with the contents, because the file is new there.
    private var unsyncedDirectory: String?
    /// The lock of the database, from `SQLITE_LOCK_NONE` to `SQLITE_LOCK_EXCLUSIVE`.
    var lock = SQLITE_LOCK_NONE
    /// The locks of the write-ahead log, a bit for each.
    var sharedSlots: UInt32 = 0
    var exclusiveSlots: UInt32 = 0
    var usesSharedMemory = false

    /// What SQLite has of an open file.
    struct Handle {
        var base: sqlite3_file
        var connection: Unmanaged<SimulatedConnection>
    }

    init(_ node: SimulatedNode, on disk: SimulatedDisk, newIn directory: String?) {
        self.node = node
        self.disk = disk
        unsyncedDirectory = directory
        disk.withState { _ in node.connections.append(self) }
    }

    /// Gives the file to SQLite until it closes it.
    func hand(to file: UnsafeMutablePointer<sqlite3_file>?) {
        guard let file else { return }
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: Handle.self).initialize(
            to: Handle(
                base: sqlite3_file(pMethods: Self.methods.pointer), connection: Unmanaged.passRetained(self)))
    }

    /// The methods of all files.
    ///
    /// `@unchecked Sendable`: never written after it is made, and never freed.
    private struct Methods: @unchecked Sendable {
        let pointer: UnsafeMutablePointer<sqlite3_io_methods>
    }

    private static let methods: Methods = {
        var methods = sqlite3_io_methods()
        methods.iVersion = 2
        methods.xClose = { file in
            connection(of: file).close()
            UnsafeMutableRawPointer(file)?.assumingMemoryBound(to: Handle.self).pointee.connection.release()
            return SQLITE_OK
        }
        methods.xRead = { connection(of: $0).read($1, Int($2), at: Int($3)) }
        methods.xWrite = { connection(of: $0).write($1, Int($2), at: Int($3)) }
        methods.xTruncate = { connection(of: $0).truncate(to: Int($1)) }
        methods.xSync = { file, _ in connection(of: file).sync() }
        methods.xFileSize = { connection(of: $0).readSize(into: $1) }
        methods.xLock = { connection(of: $0).lock(to: $1) }
        methods.xUnlock = { connection(of: $0).unlock(to: $1) }
        methods.xCheckReservedLock = { file, result in
            result?.pointee = connection(of: file).isReservedByOther ? 1 : 0
            return SQLITE_OK
        }
        methods.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        // The same as SQLite assumes of the system's files.
        methods.xSectorSize = { _ in 4096 }
        methods.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
        methods.xShmMap = { connection(of: $0).mapSharedMemory(Int($1), Int($2), extends: $3 != 0, into: $4) }
        methods.xShmLock = { connection(of: $0).lockSlots($1, $2, $3) }
        methods.xShmBarrier = { connection(of: $0).passBarrier() }
        methods.xShmUnmap = { file, _ in connection(of: file).unmapSharedMemory() }
        let pointer = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        pointer.initialize(to: methods)
        return Methods(pointer: pointer)
    }()

    // MARK: Contents

    private func read(_ target: UnsafeMutableRawPointer?, _ count: Int, at offset: Int) -> Int32 {
        let buffer = UnsafeMutableRawBufferPointer(start: target, count: count)
        do throws(SystemError) {
            let read = try disk.call { _ throws(SystemError) in node.contents.bytes.copy(from: offset, into: buffer) }
            guard read < count else { return SQLITE_OK }
            UnsafeMutableRawBufferPointer(rebasing: buffer[read...]).initializeMemory(as: UInt8.self, repeating: 0)
            return SQLiteIOError.shortRead
        } catch {
            return SQLiteIOError.read
        }
    }

    private func write(_ source: UnsafeRawPointer?, _ count: Int, at offset: Int) -> Int32 {
        let bytes = UnsafeRawBufferPointer(start: source, count: count)
        return disk.sqliteStatus(failing: SQLiteIOError.write) { () throws(SystemError) in
            try disk.call { state throws(SystemError) in
                let end = max(offset + count, node.contents.bytes.count)
                try state.change(node, to: end) { $0.write(bytes, at: offset) }
            }
        }
    }

    private func truncate(to byteCount: Int) -> Int32 {
        disk.sqliteStatus(failing: SQLiteIOError.truncate) { () throws(SystemError) in
            try disk.call { state throws(SystemError) in
                try state.change(node, to: byteCount) { $0.resize(to: byteCount) }
            }
        }
    }

    private func sync() -> Int32 {
        let status = disk.sqliteStatus(failing: SQLiteIOError.sync) { () throws(SystemError) in
            try disk.call { _ throws(SystemError) in node.contents.sync() }
        }
        guard status == SQLITE_OK, let directory = unsyncedDirectory else { return status }
        return disk.sqliteStatus(failing: SQLiteIOError.directorySync) { () throws(SystemError) in
            try disk.syncDirectory(directory)
            unsyncedDirectory = nil
        }
    }

    private func readSize(into result: UnsafeMutablePointer<sqlite3_int64>?) -> Int32 {
        disk.sqliteStatus(failing: SQLiteIOError.size) { () throws(SystemError) in
            result?.pointee = try disk.call { _ throws(SystemError) in Int64(node.contents.bytes.count) }
        }
    }

    private func close() {
        _ = unmapSharedMemory()
        disk.withState { _ in node.connections.removeAll { $0 === self } }
    }

    // MARK: Locks

    private var others: [SimulatedConnection] { node.connections.filter { $0 !== self } }

    private var isReservedByOther: Bool {
        disk.withState { _ in others.contains { $0.lock >= SQLITE_LOCK_RESERVED } }
    }

    private func lock(to level: Int32) -> Int32 {
        disk.withState { _ in
            guard level > lock else { return SQLITE_OK }
            let strongest = others.map(\.lock).max() ?? SQLITE_LOCK_NONE
            switch level {
            case SQLITE_LOCK_SHARED: guard strongest < SQLITE_LOCK_PENDING else { return SQLITE_BUSY }
            case SQLITE_LOCK_RESERVED: guard strongest < SQLITE_LOCK_RESERVED else { return SQLITE_BUSY }
            default:
                guard strongest < SQLITE_LOCK_RESERVED else { return SQLITE_BUSY }
                // Keeps new readers out while those that are there finish.
                lock = SQLITE_LOCK_PENDING
                guard strongest == SQLITE_LOCK_NONE else { return SQLITE_BUSY }
            }
            lock = level
            return SQLITE_OK
        }
    }

    private func unlock(to level: Int32) -> Int32 {
        disk.withState { _ in
            lock = min(lock, level)
            return SQLITE_OK
        }
    }

    // MARK: The memory that the connections to a write-ahead log share

    private func mapSharedMemory(
        _ region: Int, _ byteCount: Int, extends: Bool, into result: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Int32 {
        result?.pointee =
            disk.withState { _ in
                usesSharedMemory = true
                let memory = node.sharedMemory ?? SimulatedSharedMemory()
                node.sharedMemory = memory
                return memory.region(region, byteCount: byteCount, extends: extends)
            }.pointer
        return SQLITE_OK
    }

    private func lockSlots(_ first: Int32, _ count: Int32, _ flags: Int32) -> Int32 {
        let slots = UInt32(1 << count - 1) << UInt32(first)
        return disk.withState { _ in
            if flags & SQLITE_SHM_UNLOCK != 0 {
                sharedSlots &= ~slots
                exclusiveSlots &= ~slots
                return SQLITE_OK
            }
            let isShared = flags & SQLITE_SHM_SHARED != 0
            let taken = others.reduce(0) { $0 | $1.exclusiveSlots | (isShared ? 0 : $1.sharedSlots) }
            guard taken & slots == 0 else { return SQLITE_BUSY }
            if isShared { sharedSlots |= slots } else { exclusiveSlots |= slots }
            return SQLITE_OK
        }
    }

    /// The lock of the disk orders what was written to the shared memory before and after.
    private func passBarrier() { disk.withState { _ in } }

    private func unmapSharedMemory() -> Int32 {
        disk.withState { _ in
            usesSharedMemory = false
            (sharedSlots, exclusiveSlots) = (0, 0)
            if !node.connections.contains(where: \.usesSharedMemory) { node.sharedMemory = nil }
            return SQLITE_OK
        }
    }
}

private func connection(of file: UnsafeMutablePointer<sqlite3_file>?) -> SimulatedConnection {
    guard let file else { preconditionFailure("SQLite passes the file") }
    return UnsafeMutableRawPointer(file).assumingMemoryBound(to: SimulatedConnection.Handle.self).pointee.connection
        .takeUnretainedValue()
}

/// The memory that all connections to a database share while it is open; a loss of power leaves nothing of it.
///
/// `@unchecked Sendable`: its regions are made under the lock of the disk; SQLite itself orders the access to them.
final class SimulatedSharedMemory: @unchecked Sendable {
    private var regions: [UnsafeMutableRawPointer] = []

    /// A pointer that may leave the lock of the disk.
    struct Region: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer?
    }

    /// - Parameter extends: whether a region that does not exist is made.
    func region(_ index: Int, byteCount: Int, extends: Bool) -> Region {
        while extends, regions.count <= index {
            let region = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
            region.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
            regions.append(region)
        }
        return Region(pointer: index < regions.count ? regions[index] : nil)
    }

    deinit { for region in regions { region.deallocate() } }
}
