import CofferModel

/// Immutable segments in files, named by their ids.
///
/// One of the two seams of the store: another place for bodies takes the place of ``DirectoryBlobStore`` by these calls.
protocol BlobStore: Sendable {
    /// Begins a segment. It can be read once it is sealed.
    func stage(_ id: SegmentID) throws(StorageError) -> any StagedBlob
    /// An open descriptor for reading, which the caller closes; nil if there is no such segment.
    func open(_ id: SegmentID) throws(StorageError) -> Int32?
    /// Removes a segment that nothing names any more. A loss of power may bring it back.
    func remove(_ id: SegmentID) throws(StorageError)
    /// Removes segments that a crash cut off while they were written.
    func recover(isNamed: (SegmentID) throws(StorageError) -> Bool) throws(StorageError)
    /// The parts, 256 at most, in which all segments are looked through.
    func parts() throws(StorageError) -> [String]
    /// The segments of a part, whether anything names them or not.
    func segments(ofPart part: String) throws(StorageError) -> [FoundBlob]
    /// Moves a segment that nothing names out of the way, where it is kept for some time.
    func setAside(_ found: FoundBlob) throws(StorageError)
    /// Removes what was set aside before a moment.
    func removeSetAside(before time: Timestamp) throws(StorageError)
}

/// A segment that is being written. Removed when it is dropped without being kept.
protocol StagedBlob: AnyObject, Sendable {
    func write(_ bytes: Span<UInt8>) throws(StorageError)
    /// Gives the bytes their place and makes them survive a loss of power there. Blocks.
    func seal() throws(StorageError)
    /// Dropping this object no longer removes the segment: the catalog names it, or may.
    func keep()
}

/// A segment that was met, and where.
struct FoundBlob: Sendable {
    let id: SegmentID
    let path: String
}
