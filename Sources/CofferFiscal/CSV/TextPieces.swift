/// A decoder and the reader of its output, used until the text cannot be read any further.
struct TextPieces: ~Copyable {
    private var decoder: TextDecoder
    private var reader: CSVReader
    private(set) var fault: CSVFault?

    /// - Returns: nil if the encoding is unknown.
    init?(_ dialect: CSVDialect, encoding: String) {
        guard let decoder = TextDecoder(encoding: encoding) else { return nil }
        self.decoder = decoder
        reader = CSVReader(dialect)
    }

    var lineEnds: LineEnds { reader.lineEnds }
    var hadByteOrderMark: Bool { decoder.hadByteOrderMark }

    mutating func append(_ piece: [UInt8], _ row: (CSVRow) -> Void) {
        guard fault == nil else { return }
        do throws(CSVFault) {
            try reader.append(decoder.decode(piece), row: row)
        } catch {
            fault = error
        }
    }

    mutating func finish(_ row: (CSVRow) -> Void) {
        guard fault == nil else { return }
        do throws(CSVFault) {
            try reader.append(decoder.finish(), row: row)
            try reader.finish(row: row)
        } catch {
            fault = error
        }
    }
}
