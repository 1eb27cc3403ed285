/// A type that a column may have.
struct TypeCandidate: Sendable {
    let type: FieldType
    var numberFormat = NumberFormat()
    /// Of dates; nil for that of ISO 8601.
    var format: String?
    private let reader: CellReader

    /// - Parameter number: the cell without what stands around numbers.
    func accepts(_ cell: Cell, _ number: Slice<Cell>) -> Bool {
        guard type.isNumeric else { return reader.read(cell) != nil }
        let number = Cell(rebasing: number)
        return reader.read(number) != nil && (numberFormat.group.isEmpty || isGrouped(number))
    }

    /// Whether there are three digits after every group character, so that `1,5` is no fifteen.
    private func isGrouped(_ number: Cell) -> Bool {
        let decimal = numberFormat.decimal[0]
        var rest = number.prefix { $0 != decimal }
        while let place = Self.firstRange(of: numberFormat.group, in: rest) {
            rest = rest[place.upperBound...]
            let digits = rest.prefix { $0 &- 48 < 10 }.count
            guard digits == 3 else { return false }
        }
        return true
    }

    private static func firstRange(of text: [UInt8], in slice: Slice<Cell>) -> Range<Int>? {
        slice.indices.first { slice[$0...].starts(with: text) }.map { $0..<$0 + text.count }
    }

    private init(_ type: FieldType, _ form: CellReader.Form) {
        self.type = type
        reader = CellReader(form: form)
    }

    private init(decimal: String, group: String) {
        let format = NumberFormat(decimal: Array(decimal.utf8), group: Array(group.utf8))
        self.init(.number, .number(format))
        numberFormat = format
    }

    private init?(_ type: FieldType, pattern: String) {
        guard let format = DatePattern(pattern).map(CellReader.DateFormat.pattern) else { return nil }
        self.init(type, type == .date ? .date(format) : .dateTime(format))
        self.format = pattern
    }

    /// Plain forms come first: what can be read in the usual way is.
    static let all: [TypeCandidate] = numbers + dates + [boolean]

    private static let numbers: [TypeCandidate] =
        [TypeCandidate(.integer, .integer(NumberFormat())), TypeCandidate(.number, .number(NumberFormat()))]
        + [
            (".", ","), (",", "."), (",", " "), (",", "\u{A0}"), (",", "\u{202F}"), (".", " "), (".", "\u{A0}"),
            (".", "'"), (".", "’"), (",", ""),
        ].map { TypeCandidate(decimal: $0, group: $1) }

    static let dates: [TypeCandidate] =
        [TypeCandidate(.date, .date(.iso)), TypeCandidate(.datetime, .dateTime(.iso))]
        + ["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d"]
        .compactMap { TypeCandidate(.date, pattern: $0) }
        + ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"].compactMap { TypeCandidate(.datetime, pattern: $0) }

    private static let boolean = TypeCandidate(
        .boolean,
        .boolean(
            isTrue: TextSet(["true", "True", "TRUE"].map { Array($0.utf8) }),
            isFalse: TextSet(["false", "False", "FALSE"].map { Array($0.utf8) })))
}
