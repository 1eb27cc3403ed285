/// Reads the rows of one resource from its files, piece by piece, whatever their size.
struct TableReader {
    private let files: ResourceFiles
    private let resource: Resource

    init(_ resource: Resource, in source: any PackageSource) {
        self.resource = resource
        files = ResourceFiles(source: source)
    }

    /// The result of reading one file.
    struct Result {
        /// The number of bytes as stored.
        var byteCount: Int64 = 0
        var fault: CSVFault?
        /// Why a readable file yields no rows, or no further ones.
        var refusal: SourceError?
        var lineEnds: LineEnds = []
        var hadByteOrderMark = false

        /// Whether all rows were read.
        var isWhole: Bool { fault == nil && refusal == nil }
    }

    /// Reads one file.
    ///
    /// - Parameters:
    ///   - bytes: receives every byte as it is stored.
    ///   - row: receives the rows; if the text becomes unreadable the rows end, but the bytes continue.
    func read(
        _ place: FilePlace, bytes: ([UInt8]) -> Void, row: (CSVRow) -> Void
    ) async throws(SourceError) -> Result {
        let stored = TappedFile(try await files.open(place))
        var result = Result()
        func observe(_ piece: [UInt8]) {
            result.byteCount += Int64(piece.count)
            bytes(piece)
        }
        if resource.isReadable, resource.isTable,
            var text = TextPieces(resource.dialect, encoding: resource.encoding)
        {
            do throws(SourceError) {
                let file = try await open(stored, observe)
                while let piece = try await file.next(observe) { text.append(piece, row) }
                text.finish(row)
            } catch {
                guard error.isOfContent else { throw error }
                result.refusal = error
            }
            result.fault = text.fault
            result.lineEnds = text.lineEnds
            result.hadByteOrderMark = text.hadByteOrderMark
        }
        try await TableText.readOn(stored, observe)
        return result
    }

    private func open(_ stored: TappedFile, _ observer: ([UInt8]) -> Void) async throws(SourceError) -> TableText {
        try await TableText(
            stored, resource.tableFormat, fields: resource.schema?.fields.map(\.name) ?? [], dialect: resource.dialect,
            observer: observer)
    }

    /// Reads a table that is stored in the descriptor.
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
