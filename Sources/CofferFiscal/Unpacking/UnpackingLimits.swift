/// Limits on the size of unpacked files, at which reading stops. Files come from untrusted sources, and a few kilobytes
/// can be crafted to unpack to gigabytes.
enum UnpackingLimits {
    /// The number of bytes that may be unpacked at any ratio: a short file that repeats one row is not an attack.
    static let freeByteCount: Int64 = 64 << 20
    /// The maximum ratio of the unpacked to the packed size for longer files. Deflate reaches 1,032; tables mostly stay
    /// below 20.
    static let ratio: Int64 = 250
    /// The maximum size of an unpacked file.
    static let byteCount: Int64 = 64 << 30
    /// The maximum number of nested encodings.
    static let layerCount = 3
    /// The maximum size of an archive or workbook, which is stored in a temporary file because its directory is at the
    /// end.
    static let archiveByteCount: Int64 = 4 << 30
    /// The maximum size of an archive's directory in bytes; ``entryCount`` is the maximum number of its files.
    static let directoryByteCount = 16 << 20
    static let entryCount = 10_000
    /// The maximum size of a JSON file, which is kept in memory.
    static let jsonByteCount = 64 << 20
    /// The maximum number of cells in a JSON file: rows of objects have one for every field.
    static let jsonCellCount = 4 << 20
    /// The maximum size in bytes of the texts that the cells of a workbook share.
    static let sharedTextByteCount = 64 << 20

    static func check(read: Int64, unpacked: Int64) throws(SourceError) {
        guard unpacked <= byteCount else { throw .damaged("it unpacks to more than 64 GiB") }
        guard unpacked <= freeByteCount || unpacked / ratio <= read else {
            throw .damaged("it unpacks to more than \(ratio) times its size, which is not allowed")
        }
    }
}
