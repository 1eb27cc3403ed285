package import CofferSystem

/// Reads the bytes of an object, segment by segment, and verifies them on the way.
///
/// `@unchecked Sendable`: used by one caller, whose calls never overlap.
package final class ContentReader: @unchecked Sendable {
    private var rest: ArraySlice<Extent>
    private let key: [UInt8]?
    private let opener: SegmentOpener
    private let damage: DamageCounter
    /// nil if everything to be read is opened at the start.
    private let pin: SegmentPin?
    private var source: SegmentSource?
    private let blocking: BlockingQueue
    /// How many bytes must be waited for before the open segment is read on.
    private var awaitedByteCount: Int?

    /// - Parameters:
    ///   - key: the object's key; nil if the object is not encrypted.
    ///   - pin: keeps the segments for the lifetime of the reader, even if the object is replaced or deleted.
    init(
        extents: [Extent], key: [UInt8]?, opener: SegmentOpener, damage: DamageCounter, blocking: BlockingQueue,
        pin: SegmentPin?
    ) {
        rest = extents[...]
        self.key = key
        self.opener = opener
        self.damage = damage
        self.blocking = blocking
        self.pin = pin
    }

    /// Fills the beginning of a buffer with the next bytes of the open segment. Blocks.
    ///
    /// - Returns: the number of bytes; 0 if ``advance()`` must be called first.
    /// - Throws: ``StorageError/damaged(_:)`` if they are not the bytes that were written. None of them may be passed
    ///   on.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        try damage.counting { () throws(StorageError) in try readOpen(into: buffer, waits: true) }
    }

    /// The same without waiting for the disk: ``advance()`` waits for it.
    package func readCached(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        try damage.counting { () throws(StorageError) in try readOpen(into: buffer, waits: false) }
    }

    /// Opens the next segment, unless one is open, or waits for the bytes that could not be read without waiting.
    ///
    /// - Returns: false at the end.
    package func advance() async throws(StorageError) -> Bool {
        try await damage.counting { () async throws(StorageError) in try await openNext() }
    }

    private func openNext() async throws(StorageError) -> Bool {
        if let source, let extent = rest.first, let count = awaitedByteCount.take() {
            try await blocking.run { () async throws(StorageError) in
                try source.fetch(at: extent.offset, count: count)
            }
            return true
        }
        guard source == nil, let next = rest.first else { return !rest.isEmpty }
        guard try await openFirst() else { throw .damaged("the catalog has no segment \(next.segment)") }
        return true
    }

    private func readOpen(
        into buffer: UnsafeMutableRawBufferPointer, waits: Bool
    ) throws(StorageError) -> Int {
        guard let source, let extent = rest.first, !buffer.isEmpty else { return 0 }
        let wanted = Int(min(Int64(buffer.count), extent.count))
        let read = try source.read(
            at: extent.offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), waits: waits)
        guard let count = read else {
            awaitedByteCount = min(wanted, StorageLimits.fetchedByteCount)
            return 0
        }
        rest[rest.startIndex] = Extent(
            segment: extent.segment, offset: extent.offset + Int64(count), count: extent.count - Int64(count))
        if extent.count == Int64(count) {
            rest.removeFirst()
            self.source = nil
        }
        return count
    }

    /// Reads all remaining bytes, which must be few. The caller counts damage.
    func readAll() async throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(rest.reduce(0) { $0 + $1.count }))
        var count = 0
        while count < bytes.count, try await openNext() {
            var span = bytes.mutableSpan
            count += try span.withUnsafeMutableBytes { buffer throws(StorageError) in
                try readOpen(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]), waits: false)
            }
        }
        return bytes
    }

    /// Returns the bytes that are left as the system can send them without reading them, if all of them are in memory
    /// and were verified lately. They are still readable otherwise, and must not be read in both ways.
    package func mapped() async -> [MappedBytes]? {
        let byteCount = rest.reduce(0) { $0 + $1.count }
        guard key == nil, rest.count <= StorageLimits.mappedSegments, byteCount >= StorageLimits.leastMappedByteCount,
            byteCount <= StorageLimits.mappedSegmentByteCount
        else { return nil }
        var pieces: [MappedBytes] = []
        for (place, extent) in rest.enumerated() {
            // A segment that cannot be opened is reported where it is read.
            let opened = place == 0 ? source : try? await opener.open(extent.segment, key: nil, at: extent.offset)
            guard let piece = opened?.mapped(extent.offset..<(extent.offset + extent.count)) else { return nil }
            pieces.append(piece)
        }
        return pieces
    }

    /// Opens the first segment to be read, if there is one.
    ///
    /// - Parameter known: the segment's catalog record, if it was read before.
    /// - Returns: false if the segment is gone.
    func openFirst(known: StoredSegment? = nil) async throws(StorageError) -> Bool {
        guard let extent = rest.first else { return true }
        source = try await opener.open(extent.segment, known: known, key: key, at: extent.offset)
        return source != nil
    }
}
