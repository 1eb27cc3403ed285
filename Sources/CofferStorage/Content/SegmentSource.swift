import CofferCrypto
import CofferSystem

/// Opens segments for reading, and checks that they match the catalog.
struct SegmentOpener: Sendable {
    let catalog: any Catalog
    let blobs: any BlobStore
    let verified: VerifiedStretches

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
        let found = place.byteCount
        guard found == byteCount else {
            throw .damaged("segment \(id) has \(found) bytes, but was written with \(byteCount)")
        }
        return SegmentSource(id, segment, place, key: key, at: offset, verified)
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
    private let verified: VerifiedStretches
    private var verifier: ChecksumVerifier?
    private var cipher: ChunkCipher?
    /// The most recently decrypted chunk.
    private var chunk: [UInt8] = []
    private var chunkIndex: Int64 = -1
    /// Stored bytes that were waited for.
    private var fetched: [UInt8] = []
    private var fetchedOffset: Int64 = 0

    enum Place {
        case memory([UInt8])
        case blob(any OpenSegment)

        var byteCount: Int64 {
            switch self {
            case .memory(let bytes): Int64(bytes.count)
            case .blob(let blob): blob.status.byteCount
            }
        }
    }

    fileprivate init(
        _ id: SegmentID, _ segment: StoredSegment, _ place: Place, key: [UInt8]?, at offset: Int64,
        _ verified: VerifiedStretches
    ) {
        self.id = id
        self.place = place
        self.verified = verified
        size = segment.size
        cipher = key.map { ChunkCipher(key: SegmentKey.derive($0, for: id)) }
        if key == nil { verifier = ChecksumVerifier(segment.checksums, segmentByteCount: size, at: offset) }
    }

    /// Fills the beginning of a buffer with the bytes at an offset, which must follow those read before.
    ///
    /// - Parameter waits: whether the disk is waited for.
    /// - Returns: the number of bytes, at least one; nil if ``fetch(at:count:)`` must be called first.
    /// - Throws: ``StorageError/damaged(_:)`` if they are not what was written; the buffer's contents must not be
    ///   passed on then.
    func read(
        at offset: Int64, into buffer: UnsafeMutableRawBufferPointer, waits: Bool
    ) throws(StorageError) -> Int? {
        let read =
            if cipher == nil { try readStored(at: offset, into: buffer, waits: waits) } else {
                try readDecrypted(at: offset, into: buffer, waits: waits)
            }
        guard let count = read else { return nil }
        guard count > 0 else { throw .damaged("segment \(id) is too short") }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count]).bindMemory(to: UInt8.self)
        guard try accepts(Span(_unsafeElements: bytes)) else {
            throw .damaged("segment \(id) is not what was written: its checksum at byte \(offset) differs")
        }
        return count
    }

    /// Reads the stored bytes that reading at an offset needs, at least `count` of them, and has the system read ahead.
    /// Blocks.
    func fetch(at offset: Int64, count: Int) throws(StorageError) {
        guard case .blob(let blob) = place else { return }
        blob.prefetch(offset..<(offset + StorageLimits.prefetchedByteCount))
        if cipher != nil { return _ = try decrypt(chunkAt: offset, waits: true) }
        var bytes = [UInt8](repeating: 0, count: Int(min(Int64(count), size - offset)))
        var span = bytes.mutableSpan
        let read = try span.withUnsafeMutableBytes { buffer throws(StorageError) in
            try readStored(at: offset, into: buffer, waits: true)
        }
        guard read == bytes.count else { throw .damaged("segment \(id) is too short") }
        fetched = bytes
        fetchedOffset = offset
    }

    /// Returns an extent for sending, if it is in memory and its stretches were verified lately.
    func mapped(_ range: Range<Int64>) -> MappedBytes? {
        guard case .blob(let blob) = place, cipher == nil, range.upperBound <= blob.status.byteCount,
            verified.contains(
                SegmentChecksums.stretches(within: range, segmentByteCount: size), of: id, blob.status)
        else { return nil }
        return blob.mapped(range)
    }

    /// - Returns: false if a stretch that ends in the bytes is not what was written.
    private func accepts(_ bytes: Span<UInt8>) throws(StorageError) -> Bool {
        guard case .blob(let blob) = place else { return try verifier?.accepts(bytes) ?? true }
        return try verifier?.accepts(bytes) { stretch throws(StorageError) in
            guard verified.contains(stretch..<(stretch + 1), of: id, blob.status) else { return false }
            return try blob.isUnchanged
        } onVerified: { stretch in
            verified.insert(stretch, of: id, blob.status)
        } ?? true
    }

    private func readDecrypted(
        at offset: Int64, into buffer: UnsafeMutableRawBufferPointer, waits: Bool
    ) throws(StorageError) -> Int? {
        guard try decrypt(chunkAt: offset, waits: waits) else { return nil }
        let start = Int(offset % Int64(ChunkCipher.chunkByteCount))
        guard start < chunk.count else { return 0 }
        let count = min(buffer.count, chunk.count - start)
        chunk.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<(start + count)])) }
        return count
    }

    /// - Returns: false if the disk must be waited for.
    private func decrypt(chunkAt position: Int64, waits: Bool) throws(StorageError) -> Bool {
        let chunkSize = Int64(ChunkCipher.chunkByteCount)
        let index = position / chunkSize
        guard index != chunkIndex else { return true }
        let plainCount = Int(min(chunkSize, size - index * chunkSize))
        guard plainCount > 0 else { throw .damaged("an extent reaches beyond segment \(id)") }
        var sealed = [UInt8](repeating: 0, count: plainCount + ChunkCipher.tagByteCount)
        let offset = ChunkCipher.sealedByteCount(ofPlain: index * chunkSize)
        var span = sealed.mutableSpan
        let read = try span.withUnsafeMutableBytes { buffer throws(StorageError) in
            try readStored(at: offset, into: buffer, waits: waits)
        }
        guard let count = read else { return false }
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
        return true
    }

    /// Fills the buffer, up to the end of the segment or of what was fetched.
    ///
    /// - Returns: nil if the disk must be waited for.
    private func readStored(
        at offset: Int64, into buffer: UnsafeMutableRawBufferPointer, waits: Bool
    ) throws(StorageError) -> Int? {
        switch place {
        case .memory(let bytes): return Self.copy(bytes, at: offset, into: buffer)
        case .blob(let blob):
            if !fetched.isEmpty {
                let count = Self.copy(fetched, at: offset - fetchedOffset, into: buffer)
                if count > 0 { return count }
                fetched = []
            }
            do throws(StorageError) {
                return waits ? try blob.read(at: offset, into: buffer) : try blob.readCached(at: offset, into: buffer)
            } catch {
                throw .damaged("segment \(id) cannot be read: \(error)")
            }
        }
    }

    /// - Returns: the number of bytes; 0 if there are none at the offset.
    private static func copy(_ bytes: [UInt8], at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard offset >= 0, offset < bytes.count else { return 0 }
        let count = min(buffer.count, bytes.count - Int(offset))
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)..<(Int(offset) + count)]))
        }
        return count
    }
}
