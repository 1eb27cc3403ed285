import CofferCrypto

/// The key of one segment, derived from the key of the object for which it was written.
///
/// A copy of an object has the same object key, wrapped again, and so can share its segments.
enum SegmentKey {
    static func derive(_ objectKey: [UInt8], for segment: SegmentID) -> [UInt8] {
        HMAC.sha256(key: objectKey, Array("segment \(segment.value)".utf8))
    }
}

/// Encrypts a segment as it is received, chunk by chunk.
struct SegmentEncryptor: ~Copyable {
    private var cipher: ChunkCipher
    private var pending: [UInt8] = []
    private var index: Int64 = 0

    init(key: [UInt8]) { cipher = ChunkCipher(key: key) }

    /// - Parameter write: receives complete chunks.
    mutating func encrypt(
        _ bytes: Span<UInt8>, write: (Span<UInt8>) throws(StorageError) -> Void
    ) throws(StorageError) {
        var rest = bytes
        while pending.count + rest.count >= ChunkCipher.chunkByteCount {
            let count = ChunkCipher.chunkByteCount - pending.count
            let head = rest.extracting(first: count)
            rest = rest.extracting(droppingFirst: count)
            if pending.isEmpty {
                try seal(head, write)
            } else {
                head.withUnsafeBufferPointer { pending.append(contentsOf: $0) }
                let chunk = pending
                pending.removeAll(keepingCapacity: true)
                try seal(chunk.span, write)
            }
        }
        rest.withUnsafeBufferPointer { pending.append(contentsOf: $0) }
    }

    /// Encrypts the last chunk.
    consuming func finish(write: (Span<UInt8>) throws(StorageError) -> Void) throws(StorageError) {
        guard !pending.isEmpty else { return }
        let chunk = pending
        try seal(chunk.span, write)
    }

    private mutating func seal(
        _ chunk: Span<UInt8>, _ write: (Span<UInt8>) throws(StorageError) -> Void
    ) throws(StorageError) {
        let sealed = cipher.seal(chunk, index: index)
        index += 1
        try write(sealed.span)
    }
}
