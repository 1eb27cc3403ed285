package import CofferSystem
import Glibc
import Synchronization

/// A disk in memory whose power can be cut, for proving what survives.
///
/// It keeps apart what was written and what was synced: for each file since its last sync, and for the names in each
/// directory since the directory's last sync. SQLite uses it through a VFS of its own.
package final class SimulatedDisk: FileSystem {
    private let state: Mutex<State>
    private let vfs = SimulatedVFS()

    struct State: Sendable {
        let root: SimulatedNode
        let byteCount: Int64
        var usedByteCount: Int64 = 0
        /// The changes of directories that are not synced, in their order.
        var entryChanges: [SimulatedEntryChange] = []
        var faults = SimulatedFaults()
        var generator: SeededGenerator
        /// The error of the last call that failed.
        var lastError: Int32 = 0
    }

    /// - Parameters:
    ///   - byteCount: the size of the disk.
    ///   - seed: of the random numbers that SQLite asks for.
    package convenience init(byteCount: Int64 = 64 << 20, seed: UInt64) {
        let root = SimulatedNode(isDirectory: true, rights: 0o700, changedSeconds: 0)
        self.init(root: root, byteCount: byteCount, usedByteCount: 0, SeededGenerator(seed: seed))
    }

    init(root: SimulatedNode, byteCount: Int64, usedByteCount: Int64, _ generator: SeededGenerator) {
        state = Mutex(
            State(root: root, byteCount: byteCount, usedByteCount: usedByteCount, generator: generator))
        vfs.register(self)
    }

    deinit { vfs.unregister() }

    package var sqliteVFSName: String? { vfs.name }

    // MARK: Faults

    /// The number of calls so far.
    package var callCount: Int { state.withLock { $0.faults.callCount } }

    /// Has a later call fail, without effect.
    ///
    /// - Parameter count: 1 for the next call.
    package func failCall(after count: Int, with number: Int32) {
        state.withLock { $0.faults.fail(after: count, number) }
    }

    /// Turns the disk off during a later call; that call and all later ones fail.
    ///
    /// - Parameter count: 1 for the next call; nil for no call.
    package func cutPower(after count: Int?) { state.withLock { $0.faults.cutPower(after: count) } }

    /// Whether the power was cut.
    package var isOff: Bool { state.withLock { $0.faults.isOff } }

    /// Turns the disk off.
    ///
    /// - Returns: a disk with what the loss of power may have left: all that was synced, and any part of the rest.
    package func cutPower(using generator: inout SeededGenerator) -> SimulatedDisk {
        state.withLock { state in
            state.faults.isOff = true
            return state.afterPowerLoss(using: &generator)
        }
    }

    /// Counts a call and makes it, unless it is to fail.
    func call<Value: Sendable>(
        _ body: (inout State) throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        try state.withLock { state throws(SystemError) in
            do throws(SystemError) {
                let failsAfterwards = try state.faults.begin(using: &state.generator)
                let value = try body(&state)
                guard !failsAfterwards else { throw SystemError(EIO) }
                return value
            } catch {
                state.lastError = error.number
                throw error
            }
        }
    }

    /// Uses the disk's data in ways that are not calls of the disk, such as locks.
    func withState<Value: Sendable>(_ body: (inout State) -> Value) -> Value { state.withLock { body(&$0) } }

    // MARK: The calls

    package func openFile(_ path: String, for purpose: FilePurpose) throws(SystemError) -> any File {
        let node = try call { state throws(SystemError) in
            switch purpose {
            case .reading, .updating: try state.file(at: path)
            case .making: try state.file(at: path, isMade: true)
            case .creating: try state.file(at: path, isMade: true, isNew: true)
            }
        }
        return SimulatedFile(node, on: self)
    }

    package func move(_ path: String, to newPath: String) throws(SystemError) {
        try call { state throws(SystemError) in
            let node = try state.node(at: path)
            let (old, new) = (try state.place(of: path), try state.place(of: newPath))
            guard node !== new.directory.entries[new.name] else { return }
            state.make(.init(edits: [old.with(nil), new.with(node)]))
            node.changedSeconds = now()
        }
    }

    package func link(_ path: String, as newPath: String) throws(SystemError) {
        try call { state throws(SystemError) in
            let node = try state.file(at: path)
            state.make(.init(edits: [try state.freePlace(of: newPath).with(node)]))
            node.changedSeconds = now()
        }
    }

    package func removeFile(_ path: String) throws(SystemError) {
        try call { state throws(SystemError) in
            guard try !state.node(at: path).isDirectory else { throw SystemError(EISDIR) }
            state.make(.init(edits: [try state.place(of: path).with(nil)]))
        }
    }

    package func makeDirectory(_ path: String) throws(SystemError) {
        try call { state throws(SystemError) in
            let node = SimulatedNode(isDirectory: true, rights: 0o700, changedSeconds: now())
            state.make(.init(edits: [try state.freePlace(of: path).with(node)]))
        }
    }

    package func removeDirectory(_ path: String) throws(SystemError) {
        try call { state throws(SystemError) in
            guard try state.directory(at: path).entries.isEmpty else { throw SystemError(ENOTEMPTY) }
            state.make(.init(edits: [try state.place(of: path).with(nil)]))
        }
    }

    package func syncDirectory(_ path: String) throws(SystemError) {
        try call { state throws(SystemError) in state.sync(try state.directory(at: path)) }
    }

    package func names(in directory: String) throws(SystemError) -> [String] {
        try call { state throws(SystemError) in try state.directory(at: directory).entries.keys.sorted() }
    }

    package func status(of path: String, followsLinks: Bool) throws(SystemError) -> FileStatus {
        try call { state throws(SystemError) in try state.node(at: path).status }
    }

    package func space(at path: String) throws(SystemError) -> DiskSpace {
        try call { state throws(SystemError) in
            _ = try state.node(at: path)
            return DiskSpace(
                freeByteCount: state.byteCount - state.usedByteCount, totalByteCount: state.byteCount)
        }
    }
}

/// The time of changes, in seconds since 1970.
func now() -> Int64 { SystemTime.milliseconds / 1000 }

extension SimulatedNode {
    var status: FileStatus {
        FileStatus(
            kind: isDirectory ? .directory : .file, number: UInt64(UInt(bitPattern: ObjectIdentifier(self))),
            byteCount: Int64(contents.bytes.count), modifiedNanoseconds: Int64(contents.changeCount),
            changedNanoseconds: changedSeconds * 1_000_000_000, owner: geteuid(), rights: rights)
    }
}
