import CofferCrypto

/// A body that is being received: small ones are gathered in memory and stored in the catalog, larger ones go to a
/// file.
///
/// `@unchecked Sendable`: used by one request, whose calls never overlap.
package final class IncomingBody: @unchecked Sendable {
    package private(set) var count: Int64 = 0
    private var buffer: [UInt8] = []
    private var blob: (any StagedBlob)?
    private let id: SegmentID
    private let blobs: any BlobStore
    private let inlineLimit: Int
    private var encryptor: SegmentEncryptor?
    /// The checksums of the bytes written to the file.
    private var checksums = RunningChecksums()

    /// - Parameter key: the object's key, under which the bytes are encrypted; nil stores them unencrypted.
    init(id: SegmentID, blobs: any BlobStore, inlineLimit: Int, key: [UInt8]?) {
        self.id = id
        self.blobs = blobs
        self.inlineLimit = inlineLimit
        encryptor = key.map { SegmentEncryptor(key: SegmentKey.derive($0, for: id)) }
    }

    package func append(_ bytes: Span<UInt8>) throws(StorageError) {
        count += Int64(bytes.count)
        if blob == nil {
            guard buffer.count + bytes.count > inlineLimit else {
                bytes.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
                return
            }
            blob = try blobs.stage(id)
            let gathered = buffer
            buffer = []
            try store(gathered.span)
        }
        try store(bytes)
    }

    private func store(_ bytes: Span<UInt8>) throws(StorageError) {
        if encryptor == nil { try write(bytes) }
        try encryptor?.encrypt(bytes) { sealed throws(StorageError) in try write(sealed) }
    }

    private func write(_ bytes: Span<UInt8>) throws(StorageError) {
        try blob?.write(bytes)
        checksums.update(bytes)
    }

    /// Makes the bytes durable if they are in a file. Blocks.
    ///
    /// - Returns: the segment for the catalog; nil for an empty body.
    func seal() throws(StorageError) -> NewSegment? {
        guard count > 0 else { return nil }
        guard let blob else {
            let bytes = try inlineBytes()
            return NewSegment(id: id, size: count, bytes: bytes, checksums: SegmentChecksums(of: bytes))
        }
        try encryptor.take()?.finish { sealed throws(StorageError) in try write(sealed) }
        try blob.seal()
        return NewSegment(id: id, size: count, bytes: nil, checksums: checksums.finalize())
    }

    private func inlineBytes() throws(StorageError) -> [UInt8] {
        guard var encryptor = encryptor.take() else { return buffer }
        let plain = buffer
        var encrypted: [UInt8] = []
        try encryptor.encrypt(plain.span) { sealed throws(StorageError) in
            sealed.withUnsafeBufferPointer { encrypted.append(contentsOf: $0) }
        }
        try encryptor.finish { sealed throws(StorageError) in
            sealed.withUnsafeBufferPointer { encrypted.append(contentsOf: $0) }
        }
        return encrypted
    }

    var isInFile: Bool { blob != nil }

    /// Keeps the file: the catalog names the segment, or may, which the next start will determine.
    func keep() { blob?.keep() }
}
