/// Collects one key of a table's rows: the values of some of its fields.
final class KeyCollector {
    let fields: [Int]
    let runs = KeyRuns()

    init(fields: [Int]) { self.fields = fields }

    /// A hash of 128 bits, made of two hashes.
    struct Hash {
        private var high = Hasher()
        private var low = Hasher()

        init() { low.combine(1) }

        mutating func combine(_ bytes: UnsafeRawBufferPointer) {
            high.combine(bytes.count)
            high.combine(bytes: bytes)
            low.combine(bytes.count)
            low.combine(bytes: bytes)
        }

        func entry(row: UInt32, line: UInt32) -> KeyEntry {
            KeyEntry(
                high: UInt64(truncatingIfNeeded: high.finalize()), low: UInt64(truncatingIfNeeded: low.finalize()),
                row: row, line: line)
        }
    }
}

extension CellReader {
    /// Adds a cell's value to a key; equal values hash alike, however they are written.
    func combine(_ cell: Cell, into hash: inout KeyCollector.Hash) {
        switch form {
        case .any, .string, .duration, .geoPoint, .geoJSON, .object, .array, .list:
            hash.combine(UnsafeRawBufferPointer(cell))
        case .number, .integer, .boolean, .date, .time, .dateTime, .year, .yearMonth:
            if case .integer = form, Self.isPlain(cell) {
                hash.combine(UnsafeRawBufferPointer(cell))
                return
            }
            let canonical = read(cell)?.canonical(cell) ?? Array(cell)
            canonical.withUnsafeBytes { hash.combine($0) }
        }
    }

    /// Whether a cell is an integer of at most 18 digits, without a sign or leading zeros.
    private static func isPlain(_ cell: Cell) -> Bool {
        cell.count <= 18 && cell.first != UInt8(ascii: "0") && cell.allSatisfy { $0 &- 48 < 10 }
    }
}
