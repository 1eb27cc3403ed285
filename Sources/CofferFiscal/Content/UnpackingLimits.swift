/// What a packed file may unpack to; beyond it reading stops. Files come from anywhere, and a few kilobytes can be made to
/// unpack to gigabytes.
enum UnpackingLimits {
    /// So many bytes are unpacked whatever the ratio: a short file of one row again and again is no attack.
    static let freeByteCount: Int64 = 64 << 20
    /// How many times its size a longer file may become. Deflate reaches 1,032; tables mostly stay below 20.
    static let ratio: Int64 = 250
    /// Longest file, unpacked.
    static let byteCount: Int64 = 64 << 30
    /// Most encodings that lie one around the other.
    static let layerCount = 3
    /// Longest archive or workbook: it is put aside in a temporary file, since its directory is at its end.
    static let archiveByteCount: Int64 = 4 << 30
    /// Longest directory of an archive, in bytes, and most files in it.
    static let directoryByteCount = 16 << 20
    static let entryCount = 10_000
    /// Longest JSON file, which is in memory as a whole.
    static let jsonByteCount = 64 << 20
    /// Most cells of such a file: rows of objects have one for every field.
    static let jsonCellCount = 4 << 20
    /// Longest list of the texts that the cells of a workbook share, in bytes.
    static let sharedTextByteCount = 64 << 20

    static func check(read: Int64, unpacked: Int64) throws(SourceError) {
        guard unpacked <= byteCount else { throw .damaged("it unpacks to more than 64 GiB") }
        guard unpacked <= freeByteCount || unpacked / ratio <= read else {
            throw .damaged("it unpacks to more than \(ratio) times its size, as files do that are made to fill a disk")
        }
    }
}
