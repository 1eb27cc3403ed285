import CofferClient
import CofferModel

/// A plan that makes one folder the same as another. It goes through both side by side, in the order of their names.
package struct SyncPlan: Plan {
    private var sources: FolderEntries
    /// nil if the target does not exist yet.
    private var targets: FolderEntries?
    private let target: Folder
    private let deletes: Bool
    private var source: FolderEntry?
    private var existing: FolderEntry?
    private var hasBegun = false
    private var unwanted: [ObjectVersion] = []
    /// Names in the source that cannot be transferred. Nothing with these names, or below them, is deleted.
    private var kept: Set<[UInt8]> = []
    private let mayDeleteAll: Bool

    /// Whether nothing has been found in the source.
    package var isEmpty: Bool { sources.isEmpty }

    /// - Parameters:
    ///   - deletes: whether what the source does not have is deleted in the target.
    ///   - mayDeleteAll: whether that applies to an empty source as well.
    package init(
        _ source: Folder, _ target: Folder, _ selection: EntrySelection = EntrySelection(), deletes: Bool = false,
        mayDeleteAll: Bool = false
    ) {
        let skipsMarkers = source.isLocal || target.isLocal
        sources = FolderEntries(source, selection, skipsMarkers: skipsMarkers)
        // Links are not followed: their targets must not be deleted by the names of the links.
        let existing = EntrySelection(selection.filter, followsLinks: false)
        if case .local(let folder) = target, !folder.mayExist {
            targets = nil
        } else {
            targets = FolderEntries(target, existing, skipsMarkers: skipsMarkers)
        }
        self.target = target
        self.deletes = deletes
        self.mayDeleteAll = mayDeleteAll
    }

    package mutating func next() async throws -> Action? {
        if !hasBegun { try await begin() }
        while source != nil || existing != nil {
            if let action = try await step() { return action }
        }
        guard case .remote(let store, _) = target, !unwanted.isEmpty else { return nil }
        defer { unwanted = [] }
        return .delete(store, unwanted)
    }

    private mutating func begin() async throws {
        hasBegun = true
        source = try await sources.next()
        existing = try await targets?.next()
        guard !deletes || source != nil || existing == nil || mayDeleteAll else {
            throw TransferError.emptySource(target: target.description)
        }
    }

    private mutating func step() async throws -> Action? {
        if let entry = existing, source.map({ entry.name.lexicographicallyPrecedes($0.name) }) ?? true {
            existing = try await targets?.next()
            return deletion(of: entry)
        }
        guard let entry = source else { return nil }
        source = try await sources.next()
        guard case .file(let content) = entry.kind else {
            kept.insert(entry.name.last == slash ? entry.name.dropLast() : entry.name)
            if existing?.name == entry.name { existing = try await targets?.next() }
            return entry.action(to: target)
        }
        guard let other = existing, other.name == entry.name else { return entry.action(to: target) }
        existing = try await targets?.next()
        guard case .file(let otherContent) = other.kind else { return entry.action(to: target) }
        return .update(
            try content.transfer(named: entry.name, to: target), source: content, target: otherContent)
    }

    private mutating func deletion(of entry: FolderEntry) -> Action? {
        guard deletes, case .file(let content) = entry.kind, !isKept(entry.name) else { return nil }
        switch content.place {
        case .file(let path): return .unlink(path)
        case .stream: return nil
        case .object(let store, let key):
            unwanted.append(ObjectVersion(key: key))
            guard unwanted.count == Limits.deleteKeyCount else { return nil }
            defer { unwanted = [] }
            return .delete(store, unwanted)
        }
    }

    private func isKept(_ name: [UInt8]) -> Bool {
        guard !kept.isEmpty else { return false }
        return kept.contains(name) || name.indices.contains { name[$0] == slash && kept.contains(Array(name[..<$0])) }
    }
}
