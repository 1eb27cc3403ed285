import CofferModel
import CofferSystem

/// Immutable segments, named by their ids, which are never reused.
///
/// One of the two seams at which the store is extended: another storage for bodies, such as an object store
/// behind a network, can replace ``DirectoryBlobStore`` by implementing these calls, all of which may block.
protocol BlobStore: Sendable {
    /// Begins a segment, which can be read once it is sealed.
    func stage(_ id: SegmentID) throws(StorageError) -> any StagedBlob
    /// Opens a segment for reading; nil if it does not exist.
    func open(_ id: SegmentID) throws(StorageError) -> (any OpenSegment)?
    /// Removes a segment that is no longer referenced. A loss of power may bring it back.
    func remove(_ id: SegmentID) throws(StorageError)
    /// Removes segments whose writing was interrupted by a crash.
    func recover() throws(StorageError)
    /// Returns the parts, at most 256, into which all segments are divided for scanning.
    func parts() throws(StorageError) -> [String]
    /// Returns the segments of a part, whether they are referenced or not.
    func segments(ofPart part: String) throws(StorageError) -> [FoundBlob]
    /// Moves an unreferenced segment out of the way, where it is kept for some time.
    func setAside(_ found: FoundBlob) throws(StorageError)
    /// Removes segments that were set aside before a given time.
    func removeSetAside(before time: Timestamp) throws(StorageError)
}

/// A segment that is being written. Removed when it is released without a call to ``keep()``.
protocol StagedBlob: AnyObject, Sendable {
    func write(_ bytes: Span<UInt8>) throws(StorageError)
    /// Makes the segment readable under its id, and makes it survive a loss of power. Blocks.
    func seal() throws(StorageError)
    /// Keeps the segment when this object is released: the catalog names it, or may.
    func keep()
}

/// A segment that is open for reading, also after it is removed.
protocol OpenSegment: Sendable {
    /// The status of its file when the store handed the segment out: as long as a file has it, it is unchanged.
    var status: FileStatus { get }

    /// Whether the file still has that status.
    var isUnchanged: Bool { get throws(StorageError) }

    /// Fills the buffer, up to the end of the segment. Blocks.
    ///
    /// - Returns: the number of bytes.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int

    /// The same without waiting for the disk; nil if that is not possible.
    func readCached(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int?

    /// Begins to read a range into the system's memory, without waiting for it.
    func prefetch(_ range: Range<Int64>)

    /// Returns a range of the file for sending, if it is mapped and in memory.
    func mapped(_ range: Range<Int64>) -> MappedBytes?
}

/// A segment that a scan found.
struct FoundBlob: Sendable {
    let id: SegmentID
    /// Where the store found it, which only the store understands.
    let place: String
}
