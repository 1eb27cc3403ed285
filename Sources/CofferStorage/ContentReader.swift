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

    /// - Parameters:
    ///   - key: the object's key; nil if the object is not encrypted.
    ///   - pin: keeps the segments for the lifetime of the reader, even if the object is replaced or deleted.
    init(extents: [Extent], key: [UInt8]?, opener: SegmentOpener, damage: DamageCounter, pin: SegmentPin?) {
        rest = extents[...]
        self.key = key
        self.opener = opener
        self.damage = damage
        self.pin = pin
    }

    /// Fills the beginning of a buffer with the next bytes. Blocks.
    ///
    /// - Returns: the number of bytes; fewer than fit if more would mean opening many segments; 0 at the end.
    /// - Throws: ``StorageError/damaged(_:)`` if they are not the bytes that were written. None of them may be passed
    ///   on.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        try damage.counting { () throws(StorageError) in try readNext(into: buffer) }
    }

    private func readNext(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        var (count, opened) = (0, 0)
        while count < buffer.count, let extent = rest.first {
            if source == nil {
                guard opened < ObjectStore.extentsAtOnce else { break }
                source = try opener.open(extent.segment, key: key, at: extent.offset)
                opened += 1
            }
            guard let open = source else { throw .damaged("the catalog has no segment \(extent.segment)") }
            let wanted = Int(min(Int64(buffer.count - count), extent.count))
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[count..<(count + wanted)])
            let read = try open.read(at: extent.offset, into: target)
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

    /// Reads all remaining bytes, which must be few. The caller counts damage.
    func readAll() throws(StorageError) -> [UInt8] {
        let total = Int(rest.reduce(0) { $0 + $1.count })
        var bytes = [UInt8](repeating: 0, count: total)
        var span = bytes.mutableSpan
        let count = try span.withUnsafeMutableBytes { buffer throws(StorageError) in try readNext(into: buffer) }
        precondition(count == total, "a small object has few segments")
        return bytes
    }

    /// Opens the first segment to be read, if there is one.
    ///
    /// - Parameter known: the segment's catalog record, if it was read before.
    /// - Returns: false if the segment is gone.
    func openFirst(known: StoredSegment? = nil) throws(StorageError) -> Bool {
        guard let extent = rest.first else { return true }
        source = try opener.open(extent.segment, known: known, key: key, at: extent.offset)
        return source != nil
    }
}
