package import CofferClient
import CofferModel

/// One of the many actions of a run.
package enum Action: Sendable {
    case transfer(Transfer)
    /// A transfer, unless both sides are already the same.
    case update(Transfer, source: FolderEntry.Content, target: FolderEntry.Content)
    /// A deletion of at most 1000 objects.
    case delete(Store, [ObjectVersion])
    case unlink(String)
    /// An entry that is intentionally left out.
    case skip(String, reason: String)
    /// An entry that counts as a failure.
    case cannot(String, reason: String)
}

/// A copy of bytes from one place to another.
package struct Transfer: Sendable {
    package let source: Place
    package let target: Place
    /// The number of bytes; nil if they come from a standard stream.
    package let byteCount: Int64?
    /// The directory that a file must stay in; nil if the user named the file itself.
    let folder: LocalFolder?

    package init(_ source: Place, _ target: Place, byteCount: Int64?, in folder: LocalFolder? = nil) {
        self.source = source
        self.target = target
        self.byteCount = byteCount
        self.folder = folder
    }
}

/// The actions of a run, found while earlier ones are performed.
package protocol Plan {
    mutating func next() async throws -> Action?
}

/// A plan whose actions are known from the beginning.
package struct ListedPlan: Plan {
    private var actions: ArraySlice<Action>

    package init(_ actions: [Action]) { self.actions = actions[...] }

    package mutating func next() async throws -> Action? { actions.popFirst() }
}

/// A plan that transfers everything in one folder to another.
package struct CopyPlan: Plan {
    private var entries: FolderEntries
    private let target: Folder

    package init(_ source: Folder, _ target: Folder, _ selection: EntrySelection = EntrySelection()) {
        entries = FolderEntries(source, selection, skipsMarkers: source.isLocal || target.isLocal)
        self.target = target
    }

    /// Whether nothing has been found in the source.
    package var isEmpty: Bool { entries.isEmpty }

    package mutating func next() async throws -> Action? {
        try await entries.next().map { $0.action(to: target) }
    }
}

extension FolderEntry {
    /// Returns the action for an entry whose name does not exist in the target.
    func action(to target: Folder) -> Action {
        let name = String(decoding: name, as: UTF8.self)
        switch kind {
        case .skipped(let reason): return .skip(name, reason: reason)
        case .failed(let reason): return .cannot(name, reason: reason)
        case .file(let content):
            do {
                return .transfer(try content.transfer(named: self.name, to: target))
            } catch {
                return .cannot("\(content.place)", reason: "\(error)")
            }
        }
    }
}

extension FolderEntry.Content {
    func transfer(named name: [UInt8], to target: Folder) throws -> Transfer {
        var directory: LocalFolder?
        if case .local(let folder) = target { directory = folder }
        return Transfer(place, try target.place(name), byteCount: byteCount, in: directory)
    }
}
