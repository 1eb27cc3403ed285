import CofferCrypto

/// Reads the rows of one resource out of its files, piece by piece, whatever their size.
struct TableReader {
    private let source: any PackageSource
    private let resource: Resource

    init(_ resource: Resource, in source: any PackageSource) {
        self.resource = resource
        self.source = source
    }

    /// What was read of a file.
    struct Result {
        var byteCount: Int64 = 0
        var fault: CSVFault?
        var lineEnds: LineEnds = []
        var hadByteOrderMark = false
    }

    /// Reads one file.
    ///
    /// - Parameters:
    ///   - bytes: sees every byte as it is stored.
    ///   - row: takes the rows; where the text cannot be read on, they end, but not the bytes.
    func read(
        _ path: PackagePath, bytes: ([UInt8]) -> Void, row: (CSVRow) -> Void
    ) async throws(SourceError) -> Result {
        let file = try await source.open(path)
        var result = Result()
        guard resource.isReadable, var text = TextPieces(resource.dialect, encoding: resource.encoding) else {
            while let piece = try await file.next() {
                result.byteCount += Int64(piece.count)
                bytes(piece)
            }
            return result
        }
        while let piece = try await file.next() {
            result.byteCount += Int64(piece.count)
            bytes(piece)
            text.append(piece, row)
        }
        text.finish(row)
        result.fault = text.fault
        result.lineEnds = text.lineEnds
        result.hadByteOrderMark = text.hadByteOrderMark
        return result
    }

    /// Reads a table that stands in the descriptor.
    static func read(inline text: [UInt8], _ dialect: CSVDialect, row: (CSVRow) -> Void) -> Result {
        var reader = CSVReader(dialect)
        var result = Result(byteCount: Int64(text.count))
        do throws(CSVFault) {
            try reader.append(text, row: row)
            try reader.finish(row: row)
        } catch {
            result.fault = error
        }
        return result
    }
}
