import CofferCrypto
import CofferModel

/// Reads the cells of one field: checks whether a text is a value of its type, and returns the value.
struct CellReader: Sendable {
    let form: Form

    /// A type together with its format and other properties.
    enum Form: Sendable {
        case any
        case string(StringFormat)
        case number(NumberFormat)
        case integer(NumberFormat)
        case boolean(isTrue: TextSet, isFalse: TextSet)
        case date(DateFormat)
        case time(DateFormat)
        case dateTime(DateFormat)
        case year, yearMonth, duration
        case geoPoint(GeoPointFormat)
        case object, array, geoJSON
        indirect case list(delimiter: UInt8, CellReader)

        /// Whether the values are numbers.
        var isNumeric: Bool {
            switch self {
            case .number, .integer, .year: true
            default: false
            }
        }
    }

    enum StringFormat: String, Sendable { case `default`, email, uri, binary, uuid }
    enum GeoPointFormat: String, Sendable { case `default`, array, object }

    enum DateFormat: Sendable {
        /// The ISO 8601 form.
        case iso
        /// A `strptime` pattern.
        case pattern(DatePattern)
        /// Any text.
        case any
    }

    /// - Returns: nil if the cell's text is not a value of the type.
    func read(_ cell: Cell) -> CellValue? {
        switch form {
        case .any: return .text
        case .string(let format): return format == .default || format.accepts(cell) ? .text : nil
        case .integer(let format): return Self.number(cell, format.integer)
        case .number(let format): return Self.number(cell, format.number).map(CellValue.number)
        case .boolean(let isTrue, let isFalse):
            if isTrue.contains(cell) { return .boolean(true) }
            return isFalse.contains(cell) ? .boolean(false) : nil
        case .date(let format): return format.moment(cell, TextScanner.date)
        case .time(let format): return format.moment(cell, TextScanner.time)
        case .dateTime(let format): return format.moment(cell, TextScanner.dateTime)
        case .year: return Self.number(cell, TextScanner.year).map(CellValue.integer)
        case .yearMonth: return TextScanner.yearMonth(cell).map(CellValue.moment)
        case .duration: return TextScanner.isDuration(cell) ? .text : nil
        case .geoPoint(let format): return format.accepts(cell) ? .text : nil
        case .object: return json(cell)?.object.map { .collection(count: $0.members.count) }
        case .array: return json(cell)?.array.map { .collection(count: $0.count) }
        case .geoJSON: return json(cell)?.object?["type"]?.string == nil ? nil : .text
        case .list(let delimiter, let item):
            let items = cell.split(separator: delimiter, omittingEmptySubsequences: false)
            guard items.allSatisfy({ item.read(Cell(rebasing: $0)) != nil }) else { return nil }
            return .collection(count: items.count)
        }
    }

    /// Reads a number with or without surrounding spaces: tables are often padded to align their columns.
    private static func number<Value>(_ cell: Cell, _ read: (Cell) -> Value?) -> Value? {
        read(cell) ?? withoutSpaces(cell).flatMap(read)
    }

    /// Returns a cell without its surrounding spaces; nil if it has none.
    static func withoutSpaces(_ cell: Cell) -> Cell? {
        var rest = cell[...]
        while let first = rest.first {
            if first == 32 || first == 9 {
                rest = rest.dropFirst()
            } else if rest.starts(with: [0xC2, 0xA0]) {
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        while let last = rest.last {
            if last == 32 || last == 9 {
                rest = rest.dropLast()
            } else if last == 0xA0, rest.dropLast().last == 0xC2 {
                rest = rest.dropLast(2)
            } else {
                break
            }
        }
        return rest.count < cell.count ? Cell(rebasing: rest) : nil
    }

    /// Reads a text that does not come from a cell.
    func read(_ text: String) -> CellValue? {
        Array(text.utf8).withUnsafeBufferPointer { read($0) }
    }

    func canonical(_ text: String) -> [UInt8]? {
        Array(text.utf8).withUnsafeBufferPointer { cell in read(cell)?.canonical(cell) }
    }

    private func json(_ cell: Cell) -> JSONValue? { JSONValue(cell: cell) }
}

extension CellReader.DateFormat {
    fileprivate func moment(_ cell: Cell, _ iso: (Cell) -> Moment?) -> CellValue? {
        switch self {
        case .iso: iso(cell).map(CellValue.moment)
        case .pattern(let pattern): pattern.read(cell).map(CellValue.moment)
        case .any: .text
        }
    }
}

extension CellReader.StringFormat {
    fileprivate func accepts(_ cell: Cell) -> Bool {
        switch self {
        case .default: return true
        case .email:
            let sides = cell.split(separator: UInt8(ascii: "@"), maxSplits: 2, omittingEmptySubsequences: false)
            return sides.count == 2 && sides.allSatisfy { !$0.isEmpty } && !cell.contains { $0 <= 32 }
        case .uri:
            let text = String(decoding: cell, as: UTF8.self)
            return URLScheme.of(text) != nil && !cell.contains { $0 <= 32 || $0 == 127 }
        case .binary: return bytes(base64: String(decoding: cell, as: UTF8.self)) != nil
        case .uuid:
            let parts = cell.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            return parts.map(\.count) == [8, 4, 4, 4, 12]
                && parts.joined().allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        }
    }
}

extension CellReader.GeoPointFormat {
    fileprivate func accepts(_ cell: Cell) -> Bool {
        let coordinates: [Double?]
        switch self {
        case .default:
            coordinates = String(decoding: cell, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
                .map { Double(String($0.drop { $0 == " " })) }
        case .array: coordinates = JSONValue(cell: cell)?.array?.map(\.number?.double) ?? []
        case .object:
            let object = JSONValue(cell: cell)?.object
            coordinates = [object?["lon"]?.number?.double, object?["lat"]?.number?.double]
        }
        guard coordinates.count == 2, let longitude = coordinates[0], let latitude = coordinates[1] else {
            return false
        }
        return abs(longitude) <= 180 && abs(latitude) <= 90
    }
}

extension JSONValue {
    /// Returns nil for a cell that is not JSON, which is reported as a finding about the cell.
    fileprivate init?(cell: Cell) {
        guard let value = try? JSONValue(document: Array(cell)) else { return nil }
        self = value
    }
}
