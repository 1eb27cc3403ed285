import CofferModel
import Glibc
import Synchronization

/// Segments in a directory: `staging/<id>` while they are written, `xx/yy/<id>` afterwards.
///
/// A segment is moved to its place and synced there, with every directory on the way, before the catalog names it.
/// After a crash, partly written segments are in `staging`, where the next start finds them at once; complete segments
/// that are not yet named are in their places, where ``OrphanSweep`` finds them.
final class DirectoryBlobStore: BlobStore {
    private let path: String
    private let syncs: Bool
    private let directories: BlobDirectories

    init(path: String, syncs: Bool) throws(StorageError) {
        self.path = path
        self.syncs = syncs
        directories = BlobDirectories(path: path)
        try makeDirectory(Self.staging(path), syncs: syncs)
    }

    func stage(_ id: SegmentID) throws(StorageError) -> any StagedBlob {
        try StagedFile(id, path: stagingPath(id), store: self)
    }

    func open(_ id: SegmentID) throws(StorageError) -> Int32? {
        let descriptor = Glibc.open(placePath(id), O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 { return descriptor }
        guard errno == ENOENT else { throw StorageError.system(errno, "open segment \(id)") }
        return nil
    }

    /// Removes a segment without a sync: segments that a loss of power brings back are found by ``OrphanSweep``, like
    /// those that were never named. That costs nothing here, while syncing would cost a sync for nearly every removal.
    func remove(_ id: SegmentID) throws(StorageError) {
        guard unlink(placePath(id)) == 0 || errno == ENOENT else {
            throw StorageError.system(errno, "remove segment \(id)")
        }
        directories.removeIfEmpty(Shard(id))
    }

    /// Moves the file to a directory below `blobs`, because `blobs` may be a file system of its own.
    func setAside(_ found: FoundBlob) throws(StorageError) {
        try makeDirectory(asidePath, syncs: false)
        guard rename(found.path, "\(asidePath)/\(found.id)") == 0 || errno == ENOENT else {
            throw StorageError.system(errno, "set segment \(found.id) aside")
        }
        directories.removeIfEmpty(Shard(found.id))
    }

    /// Removes old files. The time at which a file was moved is its last status change (ctime).
    func removeSetAside(before time: Timestamp) throws(StorageError) {
        for name in try directoryEntries(asidePath, mayBeMissing: true) where SegmentID(fileName: name) != nil {
            var status = stat()
            let file = "\(asidePath)/\(name)"
            guard lstat(file, &status) == 0, status.st_ctim.tv_sec <= time.seconds else { continue }
            guard unlink(file) == 0 || errno == ENOENT else { throw StorageError.system(errno, "remove \(file)") }
        }
        rmdir(asidePath)
    }

    private var asidePath: String { path + "/orphans" }

    /// Removes stale files from `staging`, or moves them to their places if they are named: earlier versions moved a
    /// segment only after the catalog named it, and a crash could happen in between.
    func recover(isNamed: (SegmentID) throws(StorageError) -> Bool) throws(StorageError) {
        let staging = Self.staging(path)
        for name in try directoryEntries(staging) {
            if let id = SegmentID(fileName: name), try isNamed(id) {
                try publish(id)
                if syncs { try sync(id) }
            } else {
                guard unlink("\(staging)/\(name)") == 0 else {
                    throw StorageError.system(errno, "remove a segment that was never committed")
                }
            }
        }
    }

    func parts() throws(StorageError) -> [String] { try Self.parts(of: path) }

    /// Returns the names of the directories `xx`.
    static func parts(of path: String) throws(StorageError) -> [String] {
        try directoryEntries(path, mayBeMissing: true).filter { name in
            name.utf8.count == 2 && UInt8(name, radix: 16) != nil && isDirectory("\(path)/\(name)")
        }
    }

    /// Lists the segments of a part and removes empty directories on the way. Files not named like a segment are
    /// ignored.
    func segments(ofPart part: String) throws(StorageError) -> [FoundBlob] {
        var found: [FoundBlob] = []
        // A directory can be emptied and removed by another thread meanwhile.
        for name in try directoryEntries("\(path)/\(part)", mayBeMissing: true) {
            let directory = "\(path)/\(part)/\(name)"
            guard isDirectory(directory) else { continue }
            let entries = try directoryEntries(directory, mayBeMissing: true)
            if entries.isEmpty { directories.removeIfEmpty(Shard(first: part, second: name)) }
            for entry in entries {
                guard let id = SegmentID(fileName: entry) else { continue }
                found.append(FoundBlob(id: id, path: "\(directory)/\(entry)"))
            }
        }
        return found
    }

    // MARK: Steps of sealing

    /// Throws if a segment with this id already exists. Ids repeat only if the catalog was replaced by an older copy of
    /// itself; a newer copy may name the existing file.
    fileprivate func requireUnused(_ id: SegmentID) throws(StorageError) {
        guard access(placePath(id), F_OK) != 0 else {
            throw .failed("a file of segment \(id) already exists: catalog.sqlite is older than the files beside it")
        }
    }

    /// Moves a segment from `staging` to its place.
    fileprivate func publish(_ id: SegmentID) throws(StorageError) {
        // Its directory may not exist yet, and may be emptied and removed before it is used.
        for _ in 0..<16 {
            if rename(stagingPath(id), placePath(id)) == 0 { return }
            guard errno == ENOENT else { throw StorageError.system(errno, "move segment \(id) to its place") }
            try directories.make(Shard(id))
        }
        throw .failed("segment \(id) cannot be moved: its directory, or the file in staging, is missing")
    }

    /// Makes a move survive a loss of power.
    fileprivate func sync(_ id: SegmentID) throws(StorageError) {
        try directories.sync(Shard(id))
        try syncDirectory(Self.staging(path))
    }

    fileprivate var isSynced: Bool { syncs }

    private static func staging(_ path: String) -> String { path + "/staging" }

    private func stagingPath(_ id: SegmentID) -> String { "\(Self.staging(path))/\(id)" }

    private func placePath(_ id: SegmentID) -> String { "\(path)/\(Shard(id))/\(id)" }
}

/// A segment's file while it is being written.
private final class StagedFile: StagedBlob {
    private let id: SegmentID
    private let path: String
    private let store: DirectoryBlobStore
    private let descriptor: Int32
    private let state = Mutex(State())

    private struct State {
        var isPlaced = false
        var isKept = false
    }

    init(_ id: SegmentID, path: String, store: DirectoryBlobStore) throws(StorageError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        // Thrown before all properties are set, so that deinit does not run and remove a file that another writer made.
        guard descriptor >= 0 else { throw StorageError.system(errno, "make segment \(id)") }
        self.id = id
        self.path = path
        self.store = store
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
        let (isPlaced, isKept) = state.withLock { ($0.isPlaced, $0.isKept) }
        guard !isKept else { return }
        unlink(path)
        // A file that cannot be removed is found after the next start.
        if isPlaced { try? store.remove(id) }
    }

    func write(_ bytes: Span<UInt8>) throws(StorageError) {
        try bytes.withUnsafeBytes { bytes throws(StorageError) in
            var rest = bytes
            while let start = rest.baseAddress, !rest.isEmpty {
                let count = systemWrite(descriptor, start, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw StorageError.system(errno, "write segment \(id)")
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// Moves the file before syncing it, so that one transaction of the file system's journal holds both; no reader
    /// opens the segment before the catalog names it.
    func seal() throws(StorageError) {
        try store.requireUnused(id)
        state.withLock { $0.isPlaced = true }
        try store.publish(id)
        guard store.isSynced else { return }
        guard fdatasync(descriptor) == 0 else { throw StorageError.system(errno, "sync segment \(id)") }
        try store.sync(id)
    }

    func keep() { state.withLock { $0.isKept = true } }
}

private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, start, count)
}
