import CofferCrypto
import Glibc

/// Reads the bytes of an object that lie in several segments, or are encrypted, one after another.
///
/// The segments are pinned: they stay for as long as the reader does, whatever becomes of the object.
///
/// `@unchecked Sendable`: used by one caller, whose calls follow one another.
package final class ContentReader: @unchecked Sendable {
    private var rest: ArraySlice<Extent>
    private let key: [UInt8]?
    private let catalog: any Catalog
    private let blobs: any BlobStore
    private let pin: SegmentPin
    private var source: SegmentSource?

    /// - Parameter key: of the object; nil if it is not encrypted.
    init(extents: [Extent], key: [UInt8]?, catalog: any Catalog, blobs: any BlobStore, pin: SegmentPin) {
        rest = extents[...]
        self.key = key
        self.catalog = catalog
        self.blobs = blobs
        self.pin = pin
    }

    /// Fills the beginning of a buffer with the next bytes. Blocks.
    ///
    /// - Returns: how many, fewer than there is room for where that would mean to open many segments; 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        var (count, opened) = (0, 0)
        while count < buffer.count, let extent = rest.first {
            if source == nil {
                guard opened < ObjectStore.extentsAtOnce else { break }
                source = try open(extent.segment)
                opened += 1
            }
            guard let open = source else { throw StorageError.failed("a segment is missing") }
            let wanted = Int(min(Int64(buffer.count - count), extent.count))
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[count..<(count + wanted)])
            let read = try open.read(at: extent.offset, into: target)
            guard read > 0 else { throw StorageError.failed("a segment is too short") }
            count += read
            rest[rest.startIndex] = Extent(
                segment: extent.segment, offset: extent.offset + Int64(read), count: extent.count - Int64(read))
            if extent.count == Int64(read) {
                rest.removeFirst()
                source = nil
            }
        }
        return count
    }

    /// All that is left, which is known to be little.
    func readAll() throws(StorageError) -> [UInt8] {
        let total = Int(rest.reduce(0) { $0 + $1.count })
        var bytes = [UInt8](repeating: 0, count: total)
        var span = bytes.mutableSpan
        let count = try span.withUnsafeMutableBytes { buffer throws(StorageError) in try read(into: buffer) }
        guard count == total else { throw StorageError.failed("a segment is too short") }
        return bytes
    }

    /// Opens the segment with which reading begins, if there is one.
    ///
    /// - Returns: false if it is gone.
    func openFirst() throws(StorageError) -> Bool {
        guard let extent = rest.first else { return true }
        source = try open(extent.segment)
        return source != nil
    }

    private func open(_ id: SegmentID) throws(StorageError) -> SegmentSource? {
        guard let segment = try catalog.segment(id) else { return nil }
        let place: SegmentSource.Place
        if let bytes = segment.bytes {
            place = .memory(bytes)
        } else {
            guard let descriptor = try blobs.open(id) else { return nil }
            place = .file(OpenFile(adopting: descriptor))
        }
        let cipher = key.map { ChunkCipher(key: SegmentKey.derive($0, for: id)) }
        return SegmentSource(place, size: segment.size, cipher: cipher)
    }
}

/// An open segment.
private final class SegmentSource {
    private let place: Place
    private let size: Int64
    private var cipher: ChunkCipher?
    /// The chunk that was decrypted last.
    private var chunk: [UInt8] = []
    private var chunkIndex: Int64 = -1

    enum Place {
        case memory([UInt8])
        case file(OpenFile)
    }

    /// - Parameter size: of the bytes as they were before they were encrypted.
    init(_ place: Place, size: Int64, cipher: consuming ChunkCipher?) {
        self.place = place
        self.size = size
        self.cipher = cipher
    }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        guard cipher != nil else { return try readStored(at: offset, into: buffer) }
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
        guard plainCount > 0 else { throw StorageError.failed("an extent reaches beyond its segment") }
        var sealed = [UInt8](repeating: 0, count: plainCount + ChunkCipher.tagByteCount)
        let offset = ChunkCipher.sealedByteCount(ofPlain: index * chunkSize)
        var span = sealed.mutableSpan
        let count = try span.withUnsafeMutableBytes { buffer throws(StorageError) in
            try readStored(at: offset, into: buffer)
        }
        guard count == sealed.count else { throw StorageError.failed("an encrypted segment is too short") }
        var isGenuine = false
        let plain = [UInt8](capacity: plainCount) { span in
            isGenuine = cipher?.open(sealed.span, index: index, into: &span) == true
        }
        guard isGenuine else { throw StorageError.failed("an encrypted segment is damaged, or its key is another") }
        chunk = plain
        chunkIndex = index
    }

    /// Fills the buffer as far as the segment goes.
    private func readStored(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        switch place {
        case .memory(let bytes):
            guard offset < bytes.count else { return 0 }
            let count = min(buffer.count, bytes.count - Int(offset))
            bytes.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)..<(Int(offset) + count)]))
            }
            return count
        case .file(let file): return try file.read(at: offset, into: buffer)
        }
    }
}

/// A descriptor that is closed with its owner.
private final class OpenFile {
    private let descriptor: Int32

    init(adopting descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        var done = 0
        while done < buffer.count {
            let target = buffer.baseAddress.map { $0 + done }
            let count = pread(descriptor, target, buffer.count - done, off_t(offset) + done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StorageError.system(errno, "read a segment") }
            if count == 0 { break }
            done += count
        }
        return done
    }
}
