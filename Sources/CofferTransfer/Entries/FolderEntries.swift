import CofferClient
package import CofferModel

/// An entry of a folder.
package struct FolderEntry: Sendable {
    /// The name relative to the folder, with slashes.
    package let name: [UInt8]
    package let kind: Kind

    package enum Kind: Sendable {
        case file(Content)
        /// An entry that is intentionally neither transferred nor deleted, and why; for a directory, this includes
        /// everything in it.
        case skipped(String)
        /// An entry that should be transferred but cannot be, and why.
        case failed(String)
    }

    package struct Content: Sendable {
        package let place: Place
        package let byteCount: Int64
        package let modified: Timestamp
        /// The ETag of an object; nil for a file.
        package let eTag: ETag?

        package init(_ place: Place, byteCount: Int64, modified: Timestamp, eTag: ETag? = nil) {
            self.place = place
            self.byteCount = byteCount
            self.modified = modified
            self.eTag = eTag
        }
    }
}

/// Which entries of a folder take part.
package struct EntrySelection: Sendable {
    package var filter = NameFilter()
    /// Whether symbolic links are followed, as long as they lead to something in the same directory.
    package var followsLinks = true

    package init(_ filter: NameFilter = NameFilter(), followsLinks: Bool = true) {
        self.filter = filter
        self.followsLinks = followsLinks
    }
}

/// The entries of a folder and its subfolders, in the byte order of their names. They are read on demand: only one page
/// of a listing, or one directory per level, is held in memory.
package struct FolderEntries {
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
    package private(set) var isEmpty = true

    package init(_ folder: Folder, _ selection: EntrySelection = EntrySelection(), skipsMarkers: Bool) {
        switch folder {
        case .remote(let store, let prefix):
            let objects = store.client.listObjects(
                bucket: store.bucket, prefix: String(decoding: prefix, as: UTF8.self))
            source = .remote(objects.makeAsyncIterator(), store, prefixByteCount: prefix.count)
        case .local(let folder): source = .local(DirectoryWalk(folder, followsLinks: selection.followsLinks))
        }
        filter = selection.filter
        self.skipsMarkers = skipsMarkers
    }

    /// - Throws: ``TransferError``, ``StoreError``, `FileError`.
    package mutating func next() async throws -> FolderEntry? {
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
                guard last.isEmpty || last.lexicographicallyPrecedes(object.key.bytes) else {
                    // Without the order, a missing entry could not be told from one that comes later.
                    throw TransferError.unordered(store.url([]))
                }
                last = object.key.bytes
                isEmpty = false
                let name = Array(object.key.bytes.dropFirst(prefixByteCount))
                if skipsMarkers, object.byteCount == 0, name.isEmpty || name.last == slash { continue }
                let content = FolderEntry.Content(
                    .object(store, object.key), byteCount: object.byteCount, modified: object.lastModified,
                    eTag: object.eTag)
                return FolderEntry(name: name, kind: .file(content))
            }
            return nil
        }
    }
}
