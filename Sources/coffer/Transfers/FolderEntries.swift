import CofferClient
import CofferModel

/// An entry of a folder.
struct FolderEntry: Sendable {
    /// The name relative to the folder, with slashes.
    let name: [UInt8]
    let kind: Kind

    enum Kind: Sendable {
        case file(Content)
        /// An entry that is intentionally neither transferred nor deleted, and why; for a directory, this includes
        /// everything in it.
        case skipped(String)
        /// An entry that should be transferred but cannot be, and why.
        case failed(String)
    }

    struct Content: Sendable {
        let place: Place
        let byteCount: Int64
        let modified: Timestamp
        /// The ETag of an object; nil for a file.
        let eTag: ETag?
    }
}

/// The entries of a folder and its subfolders, in the byte order of their names. They are read on demand: only one page
/// of a listing, or one directory per level, is held in memory.
struct FolderEntries {
    private enum Source {
        case remote(Listing<ListedObject>.AsyncIterator, Store, prefixByteCount: Int)
        case local(DirectoryWalk)
    }

    private var source: Source
    private let filter: NameFilter
    /// Whether objects that only mark a folder are skipped.
    private let skipsMarkers: Bool
    private var last: [UInt8] = []
    /// Whether nothing has been found yet, not even entries that are left out.
    private(set) var isEmpty = true

    init(_ folder: Folder, _ filter: NameFilter, skipsMarkers: Bool, followsLinks: Bool = true) throws {
        switch folder {
        case .remote(let store, let prefix):
            let objects = store.client.listObjects(
                bucket: store.bucket, prefix: String(decoding: prefix, as: UTF8.self))
            source = .remote(objects.makeAsyncIterator(), store, prefixByteCount: prefix.count)
        case .local(let folder): source = .local(DirectoryWalk(folder, followsLinks: followsLinks))
        }
        self.filter = filter
        self.skipsMarkers = skipsMarkers
    }

    mutating func next() async throws -> FolderEntry? {
        while let entry = try await nextOfAll() {
            if filter.admits(entry.name) { return entry }
        }
        return nil
    }

    private mutating func nextOfAll() async throws -> FolderEntry? {
        switch source {
        case .local(let walk):
            let entry = try await walk.next()
            if entry != nil { isEmpty = false }
            return entry
        case .remote(var iterator, let store, let prefixByteCount):
            defer { source = .remote(iterator, store, prefixByteCount: prefixByteCount) }
            while let object = try await (store.naming { try await iterator.next() }) {
                let name = Array(object.key.bytes.dropFirst(prefixByteCount))
                guard last.isEmpty || last.lexicographicallyPrecedes(object.key.bytes) else {
                    // Without the order, a missing entry could not be told from one that comes later.
                    throw CommandError("\(store.url([])) does not list its objects in the order of their keys")
                }
                last = object.key.bytes
                isEmpty = false
                if skipsMarkers, object.byteCount == 0, name.isEmpty || name.last == slash { continue }
                let content = FolderEntry.Content(
                    place: .object(store, object.key), byteCount: object.byteCount, modified: object.lastModified,
                    eTag: object.eTag)
                return FolderEntry(name: name, kind: .file(content))
            }
            return nil
        }
    }
}
