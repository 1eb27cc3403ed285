import CZlib

/// Reads a file of an archive from beginning to end, and checks its size and checksum against the directory.
final class ZipEntryReader {
    private let file: SpooledFile
    private let entry: ZipArchive.Entry
    private let inflater: Inflater?
    private var offset: Int64
    private var packedLeft: Int64
    private var byteCount: Int64 = 0
    private var crc: UInt
    private var isAtEnd = false

    private static let pieceByteCount = 64 << 10

    init(_ file: SpooledFile, _ entry: ZipArchive.Entry, _ offset: Int64) {
        self.file = file
        self.entry = entry
        self.offset = offset
        inflater = entry.method == 8 ? Inflater(.raw) : nil
        packedLeft = entry.packedByteCount
        crc = crc32(0, nil, 0)
    }

    /// Returns the next bytes; nil at the end.
    func next() throws(SourceError) -> [UInt8]? {
        guard !isAtEnd else { return nil }
        guard let piece = try piece() else {
            isAtEnd = true
            guard byteCount == entry.byteCount, crc == UInt(entry.crc) else {
                throw .damaged(
                    "\(quoted(entry.name)) in the archive is damaged: its size or checksum is not the one in the directory"
                )
            }
            return nil
        }
        byteCount += Int64(piece.count)
        // Checked for each piece, so that a file longer than declared is not unpacked to its end.
        guard byteCount <= entry.byteCount else {
            throw .damaged("\(quoted(entry.name)) in the archive is longer than the directory says")
        }
        crc = piece.withUnsafeBufferPointer { crc32(crc, $0.baseAddress, UInt32($0.count)) }
        return piece
    }

    private func piece() throws(SourceError) -> [UInt8]? {
        guard let inflater else { return try packed() }
        while true {
            if let piece = try inflater.next() { return piece }
            if inflater.isAtEnd { return nil }
            guard let bytes = try packed() else {
                try inflater.finish()
                return nil
            }
            inflater.append(bytes)
        }
    }

    private func packed() throws(SourceError) -> [UInt8]? {
        guard packedLeft > 0 else { return nil }
        let bytes = try file.read(Int(min(packedLeft, Int64(Self.pieceByteCount))), at: offset)
        guard !bytes.isEmpty else { throw .damaged("the archive is truncated") }
        offset += Int64(bytes.count)
        packedLeft -= Int64(bytes.count)
        return bytes
    }
}

/// A file of an archive as a package file. Read by one task at a time.
final class ZipEntryFile: PackageFile, @unchecked Sendable {
    let information = FileInformation(byteCount: nil, etag: nil, isDecoded: true)
    // Calls never overlap: a file is read by one task at a time.
    private let reader: ZipEntryReader

    init(_ reader: ZipEntryReader) { self.reader = reader }

    func next() async throws(SourceError) -> [UInt8]? {
        try await onThread { [self] () throws(SourceError) in try reader.next() }
    }
}
