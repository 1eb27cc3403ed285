/// A segment to add to the catalog.
struct NewSegment: Sendable {
    let id: SegmentID
    let size: Int64
    /// nil if the bytes are in a file.
    let bytes: [UInt8]?
    let checksums: SegmentChecksums
}

/// A segment as recorded in the catalog.
struct StoredSegment: Sendable {
    /// The number of bytes before encryption.
    let size: Int64
    /// The stored bytes; nil if they are in a file.
    let bytes: [UInt8]?
    /// The checksums of the bytes as stored.
    let checksums: SegmentChecksums
    /// Whether bytes that are in the catalog matched their checksums when they were read.
    let isGenuine: Bool

    init(size: Int64, bytes: [UInt8]?, checksums: SegmentChecksums) {
        self.size = size
        self.bytes = bytes
        self.checksums = checksums
        isGenuine = bytes.map { SegmentChecksums(of: $0) == checksums } ?? true
    }
}

/// A byte range of a segment.
struct Extent: Sendable, Equatable {
    let segment: SegmentID
    let offset: Int64
    let count: Int64

    static func encode(_ extents: [Extent]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24 * extents.count)
        func append(_ number: Int64) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
        for extent in extents {
            append(extent.segment.value)
            append(extent.offset)
            append(extent.count)
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) throws(StorageError) -> [Extent] {
        guard bytes.count.isMultiple(of: 24) else { throw StorageError.failed("the catalog holds malformed extents") }
        return bytes.withUnsafeBytes { bytes in
            func number(at offset: Int) -> Int64 {
                Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
            }
            return stride(from: 0, to: bytes.count, by: 24).map { offset in
                Extent(
                    segment: SegmentID(number(at: offset)), offset: number(at: offset + 8),
                    count: number(at: offset + 16))
            }
        }
    }

    /// Returns the extents that make up a range of an object.
    static func slice(_ extents: [Extent], _ range: Range<Int64>) -> [Extent] {
        var slices: [Extent] = []
        var start: Int64 = 0
        for extent in extents {
            let lower = max(range.lowerBound, start)
            let upper = min(range.upperBound, start + extent.count)
            if lower < upper {
                slices.append(
                    Extent(segment: extent.segment, offset: extent.offset + lower - start, count: upper - lower))
            }
            start += extent.count
        }
        return slices
    }
}

/// The identity of a segment, which is never reused.
package struct SegmentID: Hashable, Sendable, CustomStringConvertible {
    let value: Int64
    init(_ value: Int64) { self.value = value }

    /// Sixteen hexadecimal digits, which is also the name of its file.
    package var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
    }

    /// - Parameter fileName: the name of a file; the result is nil if it is not a segment's file name.
    init?(fileName: String) {
        guard let number = Int64(fileName, radix: 16), SegmentID(number).description == fileName else { return nil }
        value = number
    }
}
