import CofferSystem
import Glibc

/// A name in a directory.
struct SimulatedPlace: Sendable {
    let directory: SimulatedNode
    let name: String

    func with(_ node: SimulatedNode?) -> SimulatedEntryChange.Edit {
        SimulatedEntryChange.Edit(directory: directory, name: name, node: node)
    }
}

/// Paths, all of which begin at the root, and the changes of what they lead to.
extension SimulatedDisk.State {
    func node(at path: String) throws(SystemError) -> SimulatedNode {
        var node = root
        for name in path.split(separator: "/") {
            guard node.isDirectory else { throw SystemError(ENOTDIR) }
            guard let next = node.entries[String(name)] else { throw SystemError(ENOENT) }
            node = next
        }
        return node
    }

    func directory(at path: String) throws(SystemError) -> SimulatedNode {
        let node = try node(at: path)
        guard node.isDirectory else { throw SystemError(ENOTDIR) }
        return node
    }

    func place(of path: String) throws(SystemError) -> SimulatedPlace {
        guard let name = path.split(separator: "/").last else { throw SystemError(EINVAL) }
        return SimulatedPlace(directory: try directory(at: parentDirectory(of: path)), name: String(name))
    }

    /// - Throws: `EEXIST` if the name is taken.
    func freePlace(of path: String) throws(SystemError) -> SimulatedPlace {
        let place = try place(of: path)
        guard place.directory.entries[place.name] == nil else { throw SystemError(EEXIST) }
        return place
    }

    /// - Parameters:
    ///   - isMade: whether a file that does not exist is made.
    ///   - isNew: whether it is an error if it exists.
    mutating func file(at path: String, isMade: Bool = false, isNew: Bool = false) throws(SystemError) -> SimulatedNode
    {
        let place = try place(of: path)
        if let node = place.directory.entries[place.name] {
            guard !isNew else { throw SystemError(EEXIST) }
            guard !node.isDirectory else { throw SystemError(EISDIR) }
            return node
        }
        guard isMade else { throw SystemError(ENOENT) }
        let node = SimulatedNode(isDirectory: false, rights: 0o600, changedSeconds: now())
        make(SimulatedEntryChange(edits: [place.with(node)]))
        return node
    }

    /// Changes directories, which a loss of power may undo until one of them is synced.
    mutating func make(_ change: SimulatedEntryChange) {
        for edit in change.edits {
            let old = edit.directory.entries.updateValueOrRemove(edit.node, forKey: edit.name)
            if let old { count(old, names: -1) }
            if let new = edit.node { count(new, names: 1) }
        }
        entryChanges.append(change)
    }

    /// Only files with a name take space.
    private mutating func count(_ node: SimulatedNode, names: Int) {
        let hadName = node.nameCount > 0
        node.nameCount += names
        let hasName = node.nameCount > 0
        guard hadName != hasName else { return }
        usedByteCount += (hasName ? 1 : -1) * Int64(node.contents.bytes.count)
    }

    /// Changes a file's contents.
    ///
    /// - Parameter byteCount: the size that the file has afterwards.
    /// - Throws: `ENOSPC` if the disk is full.
    mutating func change(
        _ node: SimulatedNode, to byteCount: Int, _ body: (inout SimulatedContents) -> Void
    ) throws(SystemError) {
        let growth = Int64(byteCount - node.contents.bytes.count)
        guard growth <= self.byteCount - usedByteCount else { throw SystemError(ENOSPC) }
        body(&node.contents)
        if node.nameCount > 0 { usedByteCount += growth }
    }
}

extension Dictionary {
    /// - Returns: the value that the key had.
    fileprivate mutating func updateValueOrRemove(_ value: Value?, forKey key: Key) -> Value? {
        defer { self[key] = value }
        return self[key]
    }
}
