import Glibc

/// A file or directory of a simulated disk.
///
/// `@unchecked Sendable`: used only under the lock of its disk.
final class SimulatedNode: @unchecked Sendable {
    let isDirectory: Bool
    var contents = SimulatedContents()
    /// The entries of a directory.
    var entries: [String: SimulatedNode] = [:]
    /// The entries that survive a loss of power for certain.
    var syncedEntries: [String: SimulatedNode] = [:]
    /// The number of names it has.
    var nameCount = 0
    var rights: mode_t
    var changedSeconds: Int64
    /// The open file that holds the lock.
    var lockHolder: ObjectIdentifier?
    /// SQLite's open files, with their locks.
    var connections: [SimulatedConnection] = []
    var sharedMemory: SimulatedSharedMemory?

    init(isDirectory: Bool, rights: mode_t, changedSeconds: Int64) {
        self.isDirectory = isDirectory
        self.rights = rights
        self.changedSeconds = changedSeconds
    }
}

/// A change of directories that a loss of power leaves done or not done: a name that is made or removed, or moved from
/// one to another.
struct SimulatedEntryChange: Sendable {
    let edits: [Edit]

    struct Edit: Sendable {
        let directory: SimulatedNode
        let name: String
        /// What has the name afterwards.
        let node: SimulatedNode?

        var entry: Entry { Entry(directory: ObjectIdentifier(directory), name: name) }
    }

    struct Entry: Hashable {
        let directory: ObjectIdentifier
        let name: String
    }
}
