/// The checks for the cells of one column.
final class ColumnPlan: Sendable {
    /// The column's index in the file; ``field`` is the index of its field in the schema.
    let column: Int
    let field: Int
    let name: String
    let reader: CellReader
    let constraints: Constraints
    private let missingValues: TextSet
    /// Whether only empty cells are missing, which is the default.
    private let isOnlyEmptyMissing: Bool
    private let check: Check

    /// The fast check of the common types, chosen once for all rows.
    private enum Check: Sendable {
        case nothing, integer, number, type
    }

    enum Verdict {
        case accepted
        /// A number with surrounding spaces.
        case spaced
        case refused
    }

    init(column: Int, field: Int, schema: TableSchema, dialect: CSVDialect) {
        let definition = schema.fields[field]
        self.column = column
        self.field = field
        name = definition.name
        reader = definition.reader
        constraints = definition.constraints
        var missing = definition.missingValues ?? schema.missingValues
        if let null = dialect.nullSequence { missing.append(Array(null.utf8)) }
        missingValues = TextSet(missing)
        isOnlyEmptyMissing = missing == [[]]
        switch reader.form {
        case .any, .string(.default): check = .nothing
        case .integer(let format) where format == NumberFormat(): check = .integer
        case .number(let format) where format == NumberFormat(): check = .number
        default: check = .type
        }
    }

    @inline(__always)
    func isMissing(_ cell: Cell) -> Bool {
        isOnlyEmptyMissing ? cell.isEmpty : missingValues.contains(cell)
    }

    /// Checks a cell that is not missing against the type.
    @inline(__always)
    func verdict(_ cell: Cell) -> Verdict {
        switch check {
        case .nothing: .accepted
        case .integer: NumberFormat.plainInteger(cell) != nil ? .accepted : slowVerdict(cell)
        case .number: NumberFormat.plainNumber(cell) != nil ? .accepted : slowVerdict(cell)
        case .type: slowVerdict(cell)
        }
    }

    private func slowVerdict(_ cell: Cell) -> Verdict {
        guard reader.read(cell) != nil else { return .refused }
        return isSpaced(cell) ? .spaced : .accepted
    }

    /// Whether a cell is a number with surrounding spaces, which are ignored.
    func isSpaced(_ cell: Cell) -> Bool { reader.form.isNumeric && CellReader.withoutSpaces(cell) != nil }

    func accepts(_ cell: Cell) -> Bool { verdict(cell) != .refused }
}

extension Constraints {
    /// Returns the constraints that a value violates, with a reason for each.
    func violations(_ cell: Cell, _ value: CellValue) -> [(rule: Rule, reason: String)] {
        var violations: [(Rule, String)] = []
        if minimumLength != nil || maximumLength != nil {
            let length = Self.length(cell, value)
            if let least = minimumLength, length < least {
                violations.append((.minLength, "is too short: its length is \(length), the minLength \(least)"))
            }
            if let most = maximumLength, length > most {
                violations.append((.maxLength, "is too long: its length is \(length), the maxLength \(most)"))
            }
        }
        let bounds = bounds.span
        for index in bounds.indices where !bounds[index].allows(value) {
            violations.append((bounds[index].isMinimum ? .minimum : .maximum, bounds[index].description))
        }
        if let pattern, !pattern.matches(String(decoding: cell, as: UTF8.self)) {
            violations.append((.pattern, "does not match the pattern \(quoted(pattern.text))"))
        }
        if let enumeration, !enumeration.values.contains(value.canonical(cell)) {
            violations.append((.enumeration, "is not allowed; allowed: \(enumeration)"))
        }
        return violations
    }

    /// Returns the number of characters, or of items or members.
    private static func length(_ cell: Cell, _ value: CellValue) -> Int {
        if case .collection(let count) = value { return count }
        // Every byte except continuation bytes starts a character.
        return cell.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
}

extension Constraints.Bound: CustomStringConvertible {
    var description: String {
        "is not allowed; the \(isExclusive ? "exclusive " : "")\(isMinimum ? "minimum" : "maximum") is \(text)"
    }

    /// Whether a value is within the bound; NaN is within none.
    func allows(_ cell: CellValue) -> Bool {
        if case .integer(let number) = cell, let whole { return allows(Order(number, whole)) }
        return allows(cell.order(value))
    }

    @inline(__always)
    private func allows(_ order: Order?) -> Bool {
        switch order {
        case .same: !isExclusive
        case .greater: isMinimum
        case .less: !isMinimum
        case nil: false
        }
    }
}
