/// The directory of a ZIP archive and its files. Names from the archive are never used as paths to write to.
///
/// Source: PKWARE, APPNOTE.TXT 6.3, sections 4.3 to 4.5.
struct ZipArchive: Sendable {
    let file: SpooledFile
    /// The files, without directories and without the entries that macOS adds.
    let entries: [Entry]
    /// The offset of the directory; all files end before it.
    private let directoryOffset: Int64

    struct Entry: Sendable {
        let name: String
        let flags: Int
        let method: Int
        let crc: UInt32
        let packedByteCount: Int64
        let byteCount: Int64
        /// The offset of the local header that precedes the bytes.
        let offset: Int64
    }

    init(_ file: SpooledFile) throws(SourceError) {
        self.file = file
        let end = try ZipEnd(file)
        directoryOffset = end.directoryOffset
        let bytes = try file.read(end.directoryByteCount, at: end.directoryOffset)
        guard bytes.count == end.directoryByteCount else { throw .damaged("the archive's directory is truncated") }
        var entries: [Entry] = []
        var reader = LittleEndianReader(bytes)
        while !reader.isAtEnd {
            let entry = try Self.entry(&reader)
            guard !entry.name.hasSuffix("/"), !entry.name.hasPrefix("__MACOSX/") else { continue }
            guard entries.count < UnpackingLimits.entryCount else {
                throw .damaged("the archive has more than \(UnpackingLimits.entryCount) files")
            }
            entries.append(entry)
        }
        self.entries = entries
    }

    private static func entry(_ reader: inout LittleEndianReader) throws(SourceError) -> Entry {
        guard try reader.number(4) == 0x0201_4B50 else { throw .damaged("the archive's directory is damaged") }
        try reader.skip(4)
        let flags = try reader.number(2)
        let method = try reader.number(2)
        try reader.skip(4)
        let crc = try reader.number(4)
        var packedByteCount = Int64(try reader.number(4))
        var byteCount = Int64(try reader.number(4))
        let (nameCount, extraCount, commentCount) = (
            try reader.number(2), try reader.number(2), try reader.number(2)
        )
        try reader.skip(8)
        var offset = Int64(try reader.number(4))
        let name = try reader.bytes(nameCount)
        var extra = LittleEndianReader(try reader.bytes(extraCount))
        try reader.skip(commentCount)
        // Numbers that do not fit are stored in an extra field (ZIP64), in this order.
        while extra.count >= 4 {
            let (id, count) = (try extra.number(2), try extra.number(2))
            guard count <= extra.count else { break }
            var field = LittleEndianReader(try extra.bytes(count))
            guard id == 1 else { continue }
            if byteCount == 0xFFFF_FFFF { byteCount = try field.long() }
            if packedByteCount == 0xFFFF_FFFF { packedByteCount = try field.long() }
            if offset == 0xFFFF_FFFF { offset = try field.long() }
        }
        return Entry(
            name: String(decoding: name, as: UTF8.self), flags: flags, method: method, crc: UInt32(crc),
            packedByteCount: packedByteCount, byteCount: byteCount, offset: offset)
    }

    /// Returns the file with the name; nil if there is none.
    func entry(_ name: String) throws(SourceError) -> Entry? {
        let found = entries.filter { $0.name == name }
        guard found.count < 2 else { throw .damaged("the archive contains several files named \(quoted(name))") }
        return found.first
    }

    /// Starts reading a file.
    func open(_ entry: Entry) throws(SourceError) -> ZipEntryReader {
        guard entry.flags & 1 == 0 else { throw .damaged("\(quoted(entry.name)) in the archive is encrypted") }
        guard [0, 8].contains(entry.method) else {
            throw .damaged(
                "\(quoted(entry.name)) in the archive is compressed by a method (\(entry.method)) that is not supported"
            )
        }
        var header = LittleEndianReader(try file.read(30, at: entry.offset))
        guard header.count == 30, try header.number(4) == 0x0403_4B50 else {
            throw .damaged("the archive's directory does not point to a file")
        }
        try header.skip(22)
        let (nameCount, extraCount) = (try header.number(2), try header.number(2))
        let name = nameCount == 0 ? [] : try file.read(nameCount, at: entry.offset + 30)
        guard name.elementsEqual(entry.name.utf8) || entry.name.contains("\u{FFFD}") else {
            throw .damaged("the archive's directory and its file \(quoted(entry.name)) have different names")
        }
        let start = entry.offset + 30 + Int64(nameCount + extraCount)
        guard entry.packedByteCount >= 0, start <= directoryOffset, entry.packedByteCount <= directoryOffset - start
        else {
            throw .damaged("\(quoted(entry.name)) would end beyond the end of the archive")
        }
        return ZipEntryReader(file, entry, start)
    }
}

/// The location of an archive's directory, from the record at the archive's end.
private struct ZipEnd {
    var directoryByteCount: Int
    var directoryOffset: Int64

    init(_ file: SpooledFile) throws(SourceError) {
        // The record has 22 bytes and a comment of up to 65,535.
        let count = Int(min(file.byteCount, 22 + 65_535))
        let offset = file.byteCount - Int64(count)
        let tail = try file.read(count, at: offset)
        let places = stride(from: tail.count - 22, through: 0, by: -1)
        let found = places.first { place in
            tail[place..<place + 4].elementsEqual([0x50, 0x4B, 5, 6])
                && place + 22 + Int(tail[place + 20]) + Int(tail[place + 21]) << 8 <= tail.count
        }
        guard let found else { throw .damaged("the archive has no directory: it may be truncated") }
        var reader = LittleEndianReader(Array(tail[(found + 4)...]))
        guard try reader.number(2) == 0, try reader.number(2) == 0 else {
            throw .damaged("the archive is split into several parts")
        }
        try reader.skip(4)
        let (size, start) = (try reader.number(4), try reader.number(4))
        (directoryByteCount, directoryOffset) = (size, Int64(start))
        if size == 0xFFFF_FFFF || start == 0xFFFF_FFFF { try readLong(file, offset + Int64(found)) }
        guard directoryByteCount <= UnpackingLimits.directoryByteCount else {
            throw .damaged("the archive's directory is longer than 16 MiB")
        }
        guard directoryOffset >= 0, directoryOffset <= offset + Int64(found) - Int64(directoryByteCount) else {
            throw .damaged("the archive's directory is not where its end says")
        }
    }

    /// Reads the ZIP64 record, found through the locator that precedes the end record.
    private mutating func readLong(_ file: SpooledFile, _ end: Int64) throws(SourceError) {
        var locator = LittleEndianReader(try file.read(20, at: end - 20))
        guard locator.count == 20, try locator.number(4) == 0x0706_4B50 else {
            throw .damaged("the archive's directory is not where its end says")
        }
        try locator.skip(4)
        var reader = LittleEndianReader(try file.read(56, at: try locator.long()))
        guard reader.count == 56, try reader.number(4) == 0x0606_4B50 else {
            throw .damaged("the archive's directory is not where its end says")
        }
        try reader.skip(36)
        directoryByteCount = Int(try reader.long())
        directoryOffset = try reader.long()
    }
}

/// Reads the little-endian numbers of ZIP.
struct LittleEndianReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var count: Int { rest.count }
    var isAtEnd: Bool { rest.isEmpty }

    mutating func bytes(_ count: Int) throws(SourceError) -> [UInt8] {
        guard count <= rest.count else { throw .damaged("the archive's directory is truncated") }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func skip(_ count: Int) throws(SourceError) { _ = try bytes(count) }

    /// Reads a number of up to four bytes.
    mutating func number(_ count: Int) throws(SourceError) -> Int {
        try bytes(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// Reads a number of eight bytes.
    mutating func long() throws(SourceError) -> Int64 {
        let value = try bytes(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard value <= 1 << 60 else { throw .damaged("the archive's directory contains invalid numbers") }
        return Int64(value)
    }
}
