import CofferClient
import CofferModel

/// One of the many actions of a command.
enum Action: Sendable {
    case transfer(Transfer)
    /// A transfer, unless both sides are already the same.
    case update(Transfer, source: FolderEntry.Content, target: FolderEntry.Content)
    /// A deletion of at most 1000 objects.
    case delete(Store, [ObjectVersion])
    case unlink(String)
    case skip(String, reason: String)
    case cannot(String, reason: String)
}

/// A copy of bytes from one place to another.
struct Transfer: Sendable {
    let source: Place
    let target: Place
    /// The number of bytes; nil if they come from a standard stream.
    let byteCount: Int64?
    /// The directory that a file must stay in; nil where the command names the file itself.
    var folder: LocalFolder?
}

/// The actions of a command, found while earlier ones are performed.
protocol Plan {
    mutating func next() async throws -> Action?
}

/// A plan whose actions are known from the beginning.
struct ListedPlan: Plan {
    var actions: [Action]

    mutating func next() async throws -> Action? { actions.isEmpty ? nil : actions.removeFirst() }
}

/// A plan that transfers everything in one folder to another.
struct CopyPlan: Plan {
    private var entries: FolderEntries
    private let target: Folder

    init(_ source: Folder, _ target: Folder, _ options: Options) throws {
        entries = try FolderEntries(
            source, NameFilter(options), skipsMarkers: source.isLocal || target.isLocal,
            followsLinks: !options.isGiven("no-follow-symlinks"))
        self.target = target
    }

    var isEmpty: Bool { entries.isEmpty }

    mutating func next() async throws -> Action? {
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
        var transfer = Transfer(source: place, target: try target.place(name), byteCount: byteCount)
        if case .local(let folder) = target { transfer.folder = folder }
        return transfer
    }
}

/// A plan that makes one folder the same as another. It goes through both side by side, in the order of their names.
struct SyncPlan: Plan {
    private var sources: FolderEntries
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

    var isEmpty: Bool { sources.isEmpty }

    /// - Parameter targetExists: whether there is anything to compare with.
    init(_ source: Folder, _ target: Folder, targetExists: Bool, _ options: Options) throws {
        let filter = NameFilter(options)
        let skipsMarkers = source.isLocal || target.isLocal
        sources = try FolderEntries(
            source, filter, skipsMarkers: skipsMarkers, followsLinks: !options.isGiven("no-follow-symlinks"))
        // Links are not followed: their targets must not be deleted by the names of the links.
        targets =
            targetExists ? try FolderEntries(target, filter, skipsMarkers: skipsMarkers, followsLinks: false) : nil
        self.target = target
        deletes = options.isGiven("delete")
        mayDeleteAll = options.isGiven("force")
    }

    mutating func next() async throws -> Action? {
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
            throw CommandError(
                "FROM is empty, so that --delete would delete everything in \(printable(target.description)): "
                    + "add --force if that is meant")
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

/// A plan that deletes the objects or versions below a prefix, a thousand at a time.
struct RemovalPlan: Plan {
    private enum Source {
        case objects(Listing<ListedObject>.AsyncIterator)
        case versions(Listing<ListedVersion>.AsyncIterator)
    }

    private var source: Source
    private let store: Store
    private let prefixByteCount: Int
    private let filter: NameFilter?
    /// Whether nothing has been found yet, not even objects that the filter leaves out.
    private(set) var isEmpty = true

    init(_ store: Store, objectsWithPrefix prefix: String, _ filter: NameFilter? = nil) {
        self.init(
            store, .objects(store.client.listObjects(bucket: store.bucket, prefix: prefix).makeAsyncIterator()), prefix,
            filter)
    }

    init(_ store: Store, versionsWithPrefix prefix: String, _ filter: NameFilter? = nil) {
        let versions = store.client.listObjectVersions(bucket: store.bucket, prefix: prefix)
        self.init(store, .versions(versions.makeAsyncIterator()), prefix, filter)
    }

    private init(_ store: Store, _ source: Source, _ prefix: String, _ filter: NameFilter?) {
        self.source = source
        self.store = store
        prefixByteCount = prefix.utf8.count
        self.filter = filter
    }

    mutating func next() async throws -> Action? {
        var objects: [ObjectVersion] = []
        while objects.count < Limits.deleteKeyCount, let object = try await nextObject() {
            if filter?.admits(Array(object.key.bytes.dropFirst(prefixByteCount))) ?? true { objects.append(object) }
        }
        return objects.isEmpty ? nil : .delete(store, objects)
    }

    private mutating func nextObject() async throws -> ObjectVersion? {
        let object = try await nextOfAll()
        if object != nil { isEmpty = false }
        return object
    }

    private mutating func nextOfAll() async throws -> ObjectVersion? {
        switch source {
        case .objects(var iterator):
            defer { source = .objects(iterator) }
            return try await store.naming { try await iterator.next() }.map { ObjectVersion(key: $0.key) }
        case .versions(var iterator):
            defer { source = .versions(iterator) }
            return try await store.naming { try await iterator.next() }
                .map { ObjectVersion(key: $0.key, version: $0.version) }
        }
    }
}
