/// What is synced, and what a loss of power leaves.
extension SimulatedDisk.State {
    /// Makes the entries of a directory survive a loss of power.
    mutating func sync(_ directory: SimulatedNode) {
        settle { change in change.edits.contains { $0.directory === directory } }
    }

    /// Makes changes of directories permanent, together with the earlier ones that they build on: those of the same
    /// entries.
    private mutating func settle(_ isChosen: (SimulatedEntryChange) -> Bool) {
        var entries: Set<SimulatedEntryChange.Entry> = []
        var (chosen, rest): ([SimulatedEntryChange], [SimulatedEntryChange]) = ([], [])
        for change in entryChanges.reversed() {
            if isChosen(change) || change.edits.contains(where: { entries.contains($0.entry) }) {
                entries.formUnion(change.edits.map(\.entry))
                chosen.append(change)
            } else {
                rest.append(change)
            }
        }
        for edit in chosen.reversed().flatMap(\.edits) { edit.directory.syncedEntries[edit.name] = edit.node }
        entryChanges = rest.reversed()
    }

    /// Returns a disk with what was synced, and any part of the rest.
    mutating func afterPowerLoss(using generator: inout SeededGenerator) -> SimulatedDisk {
        switch Survival.random(using: &generator) {
        case .all: settle { _ in true }
        case .none: break
        case .some: settle { _ in generator.isOne(in: 2) }
        }
        var copies: [ObjectIdentifier: SimulatedNode] = [:]
        let copy = Self.copy(root, &copies, using: &generator)
        let files = copies.values.filter { !$0.isDirectory }
        return SimulatedDisk(
            root: copy, byteCount: byteCount,
            usedByteCount: files.reduce(0) { $0 + Int64($1.contents.bytes.count) },
            SeededGenerator(seed: generator.next()))
    }

    /// - Parameter copies: the nodes that were copied, because a file may have several names.
    private static func copy(
        _ node: SimulatedNode, _ copies: inout [ObjectIdentifier: SimulatedNode], using generator: inout SeededGenerator
    ) -> SimulatedNode {
        if let copy = copies[ObjectIdentifier(node)] { return copy }
        let copy = SimulatedNode(
            isDirectory: node.isDirectory, rights: node.rights, changedSeconds: node.changedSeconds)
        copies[ObjectIdentifier(node)] = copy
        copy.contents = node.contents.afterPowerLoss(using: &generator)
        for (name, child) in node.syncedEntries.sorted(by: { $0.key < $1.key }) {
            let child = Self.copy(child, &copies, using: &generator)
            child.nameCount += 1
            copy.entries[name] = child
        }
        copy.syncedEntries = copy.entries
        return copy
    }
}
