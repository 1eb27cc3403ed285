/// A body on its way in: small ones gather in memory and will stand in the catalog, larger ones go to a file.
///
/// `@unchecked Sendable`: used by one request, whose calls follow one another.
package final class IncomingBody: @unchecked Sendable {
    package private(set) var count: Int64 = 0
    private var buffer: [UInt8] = []
    private var blob: (any StagedBlob)?
    private let id: SegmentID
    private let blobs: any BlobStore
    private let inlineLimit: Int

    init(id: SegmentID, blobs: any BlobStore, inlineLimit: Int) {
        self.id = id
        self.blobs = blobs
        self.inlineLimit = inlineLimit
    }

    package func append(_ bytes: Span<UInt8>) throws(StorageError) {
        count += Int64(bytes.count)
        if blob == nil {
            guard buffer.count + bytes.count > inlineLimit else {
                bytes.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
                return
            }
            let blob = try blobs.stage(id)
            let gathered = buffer
            buffer = []
            try blob.write(gathered.span)
            self.blob = blob
        }
        try blob?.write(bytes)
    }

    /// Makes the bytes durable, where they are in a file. Blocks.
    ///
    /// - Returns: the segment for the catalog; nil for no bytes.
    func seal() throws(StorageError) -> NewSegment? {
        guard count > 0 else { return nil }
        try blob?.seal()
        return NewSegment(id: id, size: count, bytes: blob == nil ? buffer : nil)
    }

    var isInFile: Bool { blob != nil }

    /// Whether the catalog names the segment is not known before the next start, which keeps or removes its file.
    func leaveToRecovery() { blob?.keep() }

    /// The catalog names the segment now.
    func publish() {
        guard let blob else { return }
        blob.keep()
        blobs.publish(id)
    }
}
