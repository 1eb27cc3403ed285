import CofferModel

/// Immutable segments in files, named by their ids.
///
/// One of the two interfaces at which the store can be extended: another storage for bodies can replace
/// ``DirectoryBlobStore`` by implementing these calls.
protocol BlobStore: Sendable {
    /// Begins a segment, which can be read once it is sealed.
    func stage(_ id: SegmentID) throws(StorageError) -> any StagedBlob
    /// Returns an open descriptor for reading, which the caller closes; nil if the segment does not exist.
    func open(_ id: SegmentID) throws(StorageError) -> Int32?
    /// Removes a segment that is no longer referenced. A loss of power may bring it back.
    func remove(_ id: SegmentID) throws(StorageError)
    /// Removes segments whose writing was interrupted by a crash.
    func recover(isNamed: (SegmentID) throws(StorageError) -> Bool) throws(StorageError)
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
    /// Moves the file to its final place and makes it survive a loss of power there. Blocks.
    func seal() throws(StorageError)
    /// Keeps the segment when this object is released: the catalog names it, or may.
    func keep()
}

/// A segment that a scan found, and where.
struct FoundBlob: Sendable {
    let id: SegmentID
    let path: String
}
