/// The kind of a file that is not a text of cells, detected from its first bytes.
enum FileKind: String, Sendable {
    case gzip = "compressed with gzip"
    case zip = "a ZIP archive"
    case workbook = "an Excel workbook (.xlsx)"
    case openDocument = "an OpenDocument spreadsheet (.ods)"
    case word = "a Word document"
    case oldOffice = "an old Excel workbook (.xls) or another old Office document"
    case bzip2 = "compressed with bzip2"
    case xz = "compressed with xz"
    case zstd = "compressed with Zstandard"
    case sevenZip = "a 7z archive"
    case rar = "a RAR archive"
    case pdf = "a PDF document"
    case parquet = "a Parquet file"
    case sqlite = "an SQLite database"
    case png = "a PNG image"
    case html = "a web page (HTML), which servers often send instead of a missing file"
    case xml = "an XML document"
    case lfs = "a Git LFS pointer to a file that was not fetched"

    /// The number of bytes to examine.
    static let byteCount = 4096

    /// - Parameter start: the first bytes, up to ``byteCount``; the result is nil if they may be text.
    init?(_ start: [UInt8]) {
        if start.starts(with: Array("BZh".utf8)), start.dropFirst(4).starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
        {
            self = .bzip2
        } else if start.starts(with: Array("PAR1".utf8)), start.prefix(64).contains(where: { $0 < 9 }) {
            // The name of a CSV column may begin with PAR1.
            self = .parquet
        } else if let kind = Self.signatures.first(where: { start.starts(with: $0.bytes) })?.kind {
            self = kind == .zip ? Self.archive(start) : kind
        } else if let kind = Self.text(start) {
            self = kind
        } else {
            return nil
        }
    }

    private static let signatures: [(bytes: [UInt8], kind: FileKind)] = [
        ([0x1F, 0x8B], .gzip), ([0x50, 0x4B, 3, 4], .zip), ([0x50, 0x4B, 5, 6], .zip),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .oldOffice), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], .xz),
        ([0x28, 0xB5, 0x2F, 0xFD], .zstd),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip), (Array("Rar!".utf8) + [0x1A, 7], .rar),
        (Array("%PDF-".utf8), .pdf), (Array("SQLite format 3".utf8) + [0], .sqlite),
        ([0x89, 0x50, 0x4E, 0x47, 13, 10, 0x1A, 10], .png),
        (Array("version https://git-lfs.github.com/spec/".utf8), .lfs),
    ]

    /// Returns the kind of an archive, detected from the names of its first files.
    private static func archive(_ start: [UInt8]) -> FileKind {
        let text = String(decoding: start, as: UTF8.self)
        if text.contains("application/vnd.oasis.opendocument") { return .openDocument }
        if text.contains("word/") { return .word }
        return text.contains("[Content_Types].xml") || text.contains("xl/") ? .workbook : .zip
    }

    private static func text(_ start: [UInt8]) -> FileKind? {
        var bytes = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start[3...] : start[...]
        bytes = bytes.drop { $0 == 32 || 9...13 ~= $0 }
        guard bytes.first == UInt8(ascii: "<") else { return nil }
        let text = String(decoding: bytes.prefix(15), as: UTF8.self).lowercased()
        if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") { return .html }
        return text.hasPrefix("<?xml") ? .xml : nil
    }
}
