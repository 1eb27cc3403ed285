import CofferCrypto

/// Opens segments for reading, and checks that they match the catalog.
struct SegmentOpener: Sendable {
    let catalog: any Catalog
    let blobs: any BlobStore

    /// - Parameters:
    ///   - known: the segment's catalog record, if it was read before.
    ///   - key: the object's key; nil if the object is not encrypted.
    ///   - offset: the offset at which reading begins.
    /// - Returns: nil if the catalog no longer names the segment.
    /// - Throws: ``StorageError/damaged(_:)`` if its bytes are missing, or their number is wrong.
    func open(
        _ id: SegmentID, known: StoredSegment? = nil, key: [UInt8]?, at offset: Int64
    ) async throws(StorageError) -> SegmentSource? {
        let named = if let known { known } else { try await segment(id) }
        guard let segment = named else { return nil }
        let place: SegmentSource.Place
        if let bytes = segment.bytes {
            place = .memory(bytes)
        } else {
            guard let opened = try blobs.open(id) else { throw .damaged("the file of segment \(id) is missing") }
            place = .blob(opened)
        }
        let byteCount = key == nil ? segment.size : ChunkCipher.sealedByteCount(ofPlain: segment.size)
        let found = try place.byteCount
        guard found == byteCount else {
            throw .damaged("segment \(id) has \(found) bytes, but was written with \(byteCount)")
        }
        return SegmentSource(id, segment, place, key: key, at: offset)
    }

    /// - Returns: nil if the catalog does not name the segment.
    func segment(_ id: SegmentID) async throws(StorageError) -> StoredSegment? {
        try await catalog.read { rows async throws(StorageError) in try await rows.segment(id) }
    }
}

/// An open segment.
final class SegmentSource {
    private let id: SegmentID
    private let place: Place
    /// The number of bytes before encryption.
    private let size: Int64
    private var verifier: ChecksumVerifier?
    private var cipher: ChunkCipher?
    /// The most recently decrypted chunk.
    private var chunk: [UInt8] = []
    private var chunkIndex: Int64 = -1

    enum Place {
        case memory([UInt8])
        case blob(any OpenSegment)

        var byteCount: Int64 {
            get throws(StorageError) {
                switch self {
                case .memory(let bytes): Int64(bytes.count)
                case .blob(let blob): try blob.byteCount
                }
            }
        }
    }

    fileprivate init(_ id: SegmentID, _ segment: StoredSegment, _ place: Place, key: [UInt8]?, at offset: Int64) {
        self.id = id
        self.place = place
        size = segment.size
        cipher = key.map { ChunkCipher(key: SegmentKey.derive($0, for: id)) }
        if key == nil { verifier = ChecksumVerifier(segment.checksums, segmentByteCount: size, at: offset) }
    }

    /// Fills the beginning of a buffer with the bytes at an offset, which must follow those read before.
    ///
    /// - Returns: the number of bytes, at least one.
    /// - Throws: ``StorageError/damaged(_:)`` if they are not what was written; the buffer's contents must not be
    ///   passed on then.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        let count =
            if cipher == nil { try readStored(at: offset, into: buffer) } else {
                try readDecrypted(at: offset, into: buffer)
            }
        guard count > 0 else { throw .damaged("segment \(id) is too short") }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count]).bindMemory(to: UInt8.self)
        guard verifier?.accepts(Span(_unsafeElements: bytes)) ?? true else {
            throw .damaged("segment \(id) is not what was written: its checksum at byte \(offset) differs")
        }
        return count
    }

    private func readDecrypted(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int
    {
        let chunkSize = Int64(ChunkCipher.chunkByteCount)
        try decrypt(chunk: offset / chunkSize)
        let start = Int(offset % chunkSize)
        guard start < chunk.count else { return 0 }
        let count = min(buffer.count, chunk.count - start)
        chunk.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<(start + count)])) }
        return count
    }

    private func decrypt(chunk index: Int64) throws(StorageError) {
        guard index != chunkIndex else { return }
        let chunkSize = Int64(ChunkCipher.chunkByteCount)
        let plainCount = Int(min(chunkSize, size - index * chunkSize))
        guard plainCount > 0 else { throw .damaged("an extent reaches beyond segment \(id)") }
        var sealed = [UInt8](repeating: 0, count: plainCount + ChunkCipher.tagByteCount)
        let offset = ChunkCipher.sealedByteCount(ofPlain: index * chunkSize)
        var span = sealed.mutableSpan
        let count = try span.withUnsafeMutableBytes { buffer throws(StorageError) in
            try readStored(at: offset, into: buffer)
        }
        guard count == sealed.count else { throw .damaged("segment \(id) is too short") }
        var isGenuine = false
        let plain = [UInt8](capacity: plainCount) { span in
            isGenuine = cipher?.open(sealed.span, index: index, into: &span) == true
        }
        guard isGenuine else {
            throw .damaged("segment \(id) is not what was encrypted, or was encrypted with another key")
        }
        chunk = plain
        chunkIndex = index
    }

    /// Fills the buffer, up to the end of the segment.
    private func readStored(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        switch place {
        case .memory(let bytes):
            guard offset < bytes.count else { return 0 }
            let count = min(buffer.count, bytes.count - Int(offset))
            bytes.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)..<(Int(offset) + count)]))
            }
            return count
        case .blob(let blob):
            do throws(StorageError) {
                return try blob.read(at: offset, into: buffer)
            } catch {
                throw .damaged("segment \(id) cannot be read: \(error)")
            }
        }
    }
}
