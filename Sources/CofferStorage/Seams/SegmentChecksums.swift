import CofferCrypto

/// The CRC32C of every megabyte of a segment as it is stored; the last stretch may be shorter.
///
/// There is one checksum for each stretch, not one for the whole segment: if a client reads a large object in ranges,
/// as the AWS CLI does, all stretches that lie within one of its ranges are verified. Encrypted segments have checksums
/// as well, but readers ignore them: the tag of each chunk of 64 KiB is stronger proof.
struct SegmentChecksums: Sendable, Equatable {
    static let stretchByteCount: Int64 = 1 << 20

    /// Returns the stretches that lie completely within a range of a segment.
    static func stretches(within range: Range<Int64>, segmentByteCount: Int64) -> Range<Int> {
        let first = Int((range.lowerBound + stretchByteCount - 1) / stretchByteCount)
        let isAtEnd = range.upperBound == segmentByteCount
        let end = Int((range.upperBound + (isAtEnd ? stretchByteCount - 1 : 0)) / stretchByteCount)
        return first..<max(first, end)
    }

    private static let checkByteCount = 4

    /// Four bytes for each stretch, in network byte order.
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Computes the checksums of a segment that is in memory.
    init(of segment: [UInt8]) {
        var running = RunningChecksums()
        running.update(segment.span)
        self = running.finalize()
    }

    /// Returns the checksum of a stretch; nil if the segment does not have that stretch.
    fileprivate func check(ofStretch index: Int) -> ArraySlice<UInt8>? {
        let start = index * Self.checkByteCount
        guard start + Self.checkByteCount <= bytes.count else { return nil }
        return bytes[start..<(start + Self.checkByteCount)]
    }
}

/// The checksums of a segment that is being written.
struct RunningChecksums: Sendable {
    private var stretch = RunningStretch(at: 0)
    private var checks: [UInt8] = []

    mutating func update(_ bytes: Span<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            rest = rest.extracting(droppingFirst: stretch.take(rest))
            if stretch.isAtBorder { checks += stretch.finish() }
        }
    }

    consuming func finalize() -> SegmentChecksums {
        if !stretch.isAtBorder { checks = checks.isEmpty ? stretch.finish() : checks + stretch.finish() }
        return SegmentChecksums(bytes: checks)
    }
}

/// Compares the bytes read from a segment with its checksums, for every stretch that is read completely.
struct ChecksumVerifier: Sendable {
    private let expected: SegmentChecksums
    private let segmentByteCount: Int64
    private var stretch: RunningStretch
    private var phase: Phase

    private enum Phase {
        /// The current stretch is not read from its beginning, or is known to be what was written.
        case passing
        case verifying
    }

    /// - Parameter offset: the offset at which reading begins.
    init(_ expected: SegmentChecksums, segmentByteCount: Int64, at offset: Int64) {
        self.expected = expected
        self.segmentByteCount = segmentByteCount
        stretch = RunningStretch(at: offset)
        phase = .passing
    }

    /// - Parameters:
    ///   - bytes: the bytes that follow those passed before.
    ///   - isKnown: whether a stretch that begins need not be verified.
    ///   - onVerified: called with each stretch that was found to be what was written.
    /// - Returns: false if a stretch that ends in them is not what was written.
    mutating func accepts(
        _ bytes: Span<UInt8>, isKnown: (_ stretch: Int) throws(StorageError) -> Bool = { _ in false },
        onVerified: (_ stretch: Int) -> Void = { _ in }
    ) throws(StorageError) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            if stretch.isAtBorder { phase = try isKnown(stretch.index) ? .passing : .verifying }
            let index = stretch.index
            rest = rest.extracting(droppingFirst: phase == .passing ? stretch.pass(rest) : stretch.take(rest))
            guard stretch.isAtBorder || stretch.position == segmentByteCount, phase == .verifying else { continue }
            guard expected.check(ofStretch: index)?.elementsEqual(stretch.finish()) == true else { return false }
            onVerified(index)
        }
        return true
    }
}

/// The running checksum of the current stretch, for consecutive bytes.
private struct RunningStretch: Sendable {
    /// The position in the segment.
    private(set) var position: Int64
    private var crc = CRC(.crc32c)

    init(at position: Int64) { self.position = position }

    var isAtBorder: Bool { position % SegmentChecksums.stretchByteCount == 0 }

    var index: Int { Int(position / SegmentChecksums.stretchByteCount) }

    /// - Returns: how many of the bytes belong to the current stretch.
    mutating func take(_ bytes: Span<UInt8>) -> Int {
        let count = room(for: bytes)
        crc.update(bytes.extracting(first: count))
        position += Int64(count)
        return count
    }

    /// Leaves bytes out of the checksum.
    ///
    /// - Returns: how many of them belong to the current stretch.
    mutating func pass(_ bytes: Span<UInt8>) -> Int {
        let count = room(for: bytes)
        position += Int64(count)
        return count
    }

    private func room(for bytes: Span<UInt8>) -> Int {
        let room = SegmentChecksums.stretchByteCount - position % SegmentChecksums.stretchByteCount
        return Int(min(room, Int64(bytes.count)))
    }

    /// - Returns: the checksum of the bytes taken since the last call.
    mutating func finish() -> [UInt8] {
        let finished = crc
        crc = CRC(.crc32c)
        return finished.finalize()
    }
}
