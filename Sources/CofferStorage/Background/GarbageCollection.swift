/// Removes the files of segments that are no longer referenced.
struct GarbageCollection: Job {
    static let name = "garbage-collection"
    let catalog: any Catalog
    let blobs: any BlobStore
    let pins: SegmentPins
    private static let stepCount = 256

    var name: String { Self.name }

    /// - Parameter progress: the last segment that was checked: those that are being read stay, until they no longer
    ///   are.
    func step(from progress: [UInt8]?) async throws(StorageError) -> JobStep {
        let start = progress.map { SegmentID(progress: $0) }
        let segments = try await catalog.read { rows async throws(StorageError) in
            try await rows.garbage(after: start, limit: Self.stepCount)
        }
        let free = pins.unpinned(segments)
        for segment in free { try blobs.remove(segment) }
        if !free.isEmpty {
            try await catalog.change(.none, freesSpace: true) { rows async throws(StorageError) in
                try await rows.forget(free)
            }
        }
        guard let last = segments.last, segments.count == Self.stepCount else { return JobStep(next: .whenWoken) }
        return JobStep(progress: last.progress, next: .atOnce)
    }
}

extension SegmentID {
    fileprivate var progress: [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    fileprivate init(progress: [UInt8]) { self.init(progress.reduce(0) { $0 << 8 | Int64($1) }) }
}
