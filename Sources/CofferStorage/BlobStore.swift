/// Immutable segments in files, named by their ids.
///
/// One of the two seams of the store: another place for bodies takes the place of ``DirectoryBlobStore`` by these calls.
protocol BlobStore: Sendable {
    /// Begins a segment. It can be read once it is sealed and the catalog names it.
    func stage(_ id: SegmentID) throws(StorageError) -> any StagedBlob
    /// The catalog names the segment: it may take its lasting place.
    func publish(_ id: SegmentID)
    /// An open descriptor for reading, which the caller closes; nil if there is no such segment.
    func open(_ id: SegmentID) throws(StorageError) -> Int32?
    /// Removes a segment that nothing names any more.
    func remove(_ id: SegmentID) throws(StorageError)
    /// Removes what a crash left: staged segments that the catalog does not name.
    func recover(isNamed: (SegmentID) throws(StorageError) -> Bool) throws(StorageError)
}

/// A segment that is being written. Removed when it is dropped without being published.
protocol StagedBlob: AnyObject, Sendable {
    func write(_ bytes: Span<UInt8>) throws(StorageError)
    /// Makes the bytes survive a loss of power. Blocks.
    func seal() throws(StorageError)
    /// Dropping this object no longer removes the segment: the catalog names it, or may.
    func keep()
}
