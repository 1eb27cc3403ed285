import CofferModel
import CofferSystem
import Synchronization

/// Segments in a directory: `staging/<id>` while they are written, `xx/yy/<id>` afterwards.
///
/// A segment is moved to its place and synced there, with every directory on the way, before the catalog names it.
/// After a crash, partly written segments are in `staging`, where the next start finds them at once; complete segments
/// that are not yet named are in their places, where ``OrphanSweep`` finds them.
final class DirectoryBlobStore: BlobStore {
    private let path: String
    private let syncs: Bool
    private let fileSystem: any FileSystem
    private let directories: BlobDirectories
    private let openSegments = OpenSegments(limit: StorageLimits.openSegments(descriptors: descriptorLimit))

    init(path: String, syncs: Bool, fileSystem: any FileSystem) throws(StorageError) {
        self.path = path
        self.syncs = syncs
        self.fileSystem = fileSystem
        directories = BlobDirectories(path: path, fileSystem: fileSystem)
        try fileSystem.makeDirectories(Self.staging(path), syncs: syncs)
    }

    func stage(_ id: SegmentID) throws(StorageError) -> any StagedBlob {
        let file = try attempt("make segment \(id)") { () throws(SystemError) in
            try fileSystem.openFile(stagingPath(id), for: .creating)
        }
        return StagedFile(id, file, store: self)
    }

    func open(_ id: SegmentID) throws(StorageError) -> (any OpenSegment)? {
        let removals = openSegments.removals
        if let open = openSegments.find(id) { return open }
        do throws(SystemError) {
            let opened = try SegmentFile(openFile(placePath(id)), mappings: openSegments.mappings)
            openSegments.keep(opened, as: id, openedAt: removals)
            return opened
        } catch {
            guard error.isNotFound else { throw StorageError.system(error.number, "open segment \(id)") }
            return nil
        }
    }

    /// Opens a file. If too many are open, closes those that are not being read.
    private func openFile(_ path: String) throws(SystemError) -> any File {
        do throws(SystemError) {
            return try fileSystem.openFile(path, for: .reading)
        } catch {
            guard error.isOutOfDescriptors, openSegments.closeAll() else { throw error }
            return try fileSystem.openFile(path, for: .reading)
        }
    }

    /// Removes a segment without a sync: segments that a loss of power brings back are found by ``OrphanSweep``, like
    /// those that were never named. That costs nothing here, while syncing would cost a sync for nearly every removal.
    func remove(_ id: SegmentID) throws(StorageError) {
        try attempt("remove segment \(id)") { () throws(SystemError) in
            try fileSystem.removeFileIfPresent(placePath(id))
        }
        openSegments.close(id)
        directories.removeIfEmpty(Shard(id))
    }

    // MARK: What a crash left

    func recover() throws(StorageError) {
        let staging = Self.staging(path)
        for name in try fileSystem.entries(of: staging) {
            try attempt("remove a segment that was never committed") { () throws(SystemError) in
                try fileSystem.removeFile("\(staging)/\(name)")
            }
        }
    }

    func parts() throws(StorageError) -> [String] { try Self.parts(of: path, fileSystem) }

    /// Returns the names of the directories `xx`.
    static func parts(of path: String, _ fileSystem: any FileSystem) throws(StorageError) -> [String] {
        try fileSystem.entries(of: path, mayBeMissing: true).filter { name in
            name.utf8.count == 2 && UInt8(name, radix: 16) != nil && fileSystem.isDirectory("\(path)/\(name)")
        }
    }

    /// Lists the segments of a part and removes empty directories on the way. Files not named like a segment are
    /// ignored.
    func segments(ofPart part: String) throws(StorageError) -> [FoundBlob] {
        var found: [FoundBlob] = []
        // A directory can be emptied and removed by another thread meanwhile.
        let names = try fileSystem.entries(of: "\(path)/\(part)", mayBeMissing: true)
        if names.isEmpty { directories.removeIfEmpty(part: part) }
        for name in names {
            let directory = "\(path)/\(part)/\(name)"
            guard fileSystem.isDirectory(directory) else { continue }
            let entries = try fileSystem.entries(of: directory, mayBeMissing: true)
            if entries.isEmpty { directories.removeIfEmpty(Shard(first: part, second: name)) }
            for entry in entries {
                guard let id = SegmentID(fileName: entry) else { continue }
                found.append(FoundBlob(id: id, place: "\(directory)/\(entry)"))
            }
        }
        return found
    }

    /// Moves the file to a directory below `blobs`, because `blobs` may be a file system of its own.
    func setAside(_ found: FoundBlob) throws(StorageError) {
        try fileSystem.makeDirectories(asidePath)
        do throws(SystemError) {
            try fileSystem.move(found.place, to: "\(asidePath)/\(found.id)")
        } catch {
            guard error.isNotFound else { throw StorageError.system(error.number, "set segment \(found.id) aside") }
        }
        directories.removeIfEmpty(Shard(found.id))
    }

    /// Removes old files. The time at which a file was moved is its last status change (ctime).
    func removeSetAside(before time: Timestamp) throws(StorageError) {
        for name in try fileSystem.entries(of: asidePath, mayBeMissing: true) where SegmentID(fileName: name) != nil {
            let path = "\(asidePath)/\(name)"
            // A file that is gone, or that cannot be examined, waits for the next start.
            guard let status = try? fileSystem.status(of: path, followsLinks: false),
                status.changedSeconds <= time.seconds
            else { continue }
            try attempt("remove \(path)") { () throws(SystemError) in try fileSystem.removeFileIfPresent(path) }
        }
        // A directory that still has files, or does not exist, is left as it is.
        try? fileSystem.removeDirectory(asidePath)
    }

    // MARK: Steps of sealing

    /// Throws if a segment with this id already exists. Ids repeat only if the catalog was replaced by an older copy of
    /// itself; a newer copy may name the existing file.
    fileprivate func requireUnused(_ id: SegmentID) throws(StorageError) {
        guard !fileSystem.exists(placePath(id)) else {
            throw .failed("a file of segment \(id) already exists: catalog.sqlite is older than the files beside it")
        }
    }

    /// Moves a segment from `staging` to its place.
    fileprivate func publish(_ id: SegmentID) throws(StorageError) {
        // Its directory may not exist yet, and may be emptied and removed before it is used.
        for _ in 0..<16 {
            do throws(SystemError) {
                return try fileSystem.move(stagingPath(id), to: placePath(id))
            } catch {
                guard error.isNotFound else {
                    throw StorageError.system(error.number, "move segment \(id) to its place")
                }
            }
            try directories.make(Shard(id))
        }
        throw .failed("segment \(id) cannot be moved: its directory, or the file in staging, is missing")
    }

    /// Makes a move survive a loss of power.
    fileprivate func sync(_ id: SegmentID) throws(StorageError) {
        try directories.sync(Shard(id))
        try fileSystem.syncEntries(of: Self.staging(path))
    }

    fileprivate var isSynced: Bool { syncs }

    /// Removes what was staged and is not kept.
    fileprivate func discard(_ id: SegmentID, isPlaced: Bool) {
        // A file that cannot be removed is found after the next start.
        try? fileSystem.removeFile(stagingPath(id))
        if isPlaced { try? remove(id) }
    }

    private var asidePath: String { path + "/orphans" }

    private static func staging(_ path: String) -> String { path + "/staging" }

    private func stagingPath(_ id: SegmentID) -> String { "\(Self.staging(path))/\(id)" }

    private func placePath(_ id: SegmentID) -> String { "\(path)/\(Shard(id))/\(id)" }
}

/// A segment's file while it is being written.
private final class StagedFile: StagedBlob {
    private let id: SegmentID
    private let file: any File
    private let store: DirectoryBlobStore
    private let state = Mutex(State())

    private struct State {
        var isPlaced = false
        var isKept = false
    }

    init(_ id: SegmentID, _ file: any File, store: DirectoryBlobStore) {
        self.id = id
        self.file = file
        self.store = store
    }

    deinit {
        let (isPlaced, isKept) = state.withLock { ($0.isPlaced, $0.isKept) }
        if !isKept { store.discard(id, isPlaced: isPlaced) }
    }

    func write(_ bytes: Span<UInt8>) throws(StorageError) {
        try attempt("write segment \(id)") { () throws(SystemError) in try file.append(bytes) }
    }

    /// Moves the file before syncing it, so that one transaction of the file system's journal holds both; no reader
    /// opens the segment before the catalog names it.
    func seal() throws(StorageError) {
        try store.requireUnused(id)
        state.withLock { $0.isPlaced = true }
        try store.publish(id)
        guard store.isSynced else { return }
        try attempt("sync segment \(id)") { () throws(SystemError) in try file.syncData() }
        try store.sync(id)
    }

    func keep() { state.withLock { $0.isKept = true } }
}
