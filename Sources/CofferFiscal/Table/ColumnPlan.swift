/// What is to be looked at in the cells of one column.
final class ColumnPlan: Sendable {
    /// The column's place in the file, from 0, and its field's in the schema.
    let column: Int
    let field: Int
    let name: String
    let reader: CellReader
    let constraints: Constraints
    private let missingValues: TextSet
    /// Whether a cell without anything in it is the only kind that is missing, as it is where nothing else is said.
    private let isOnlyEmptyMissing: Bool
    private let check: Check

    /// What is frequent is decided once for all rows.
    private enum Check: Sendable {
        case nothing, integer, number, type
    }

    enum Verdict {
        case accepted
        /// A number with spaces around it.
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

    /// Whether a cell that is not missing is a value of the type.
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

    /// Whether it is a number with spaces around it, which is read without them.
    func isSpaced(_ cell: Cell) -> Bool { reader.form.isNumeric && CellReader.withoutSpaces(cell) != nil }

    func accepts(_ cell: Cell) -> Bool { verdict(cell) != .refused }
}

extension Constraints {
    /// The constraints that a value does not fulfil, and what they ask for.
    func violations(_ cell: Cell, _ value: CellValue) -> [(rule: Rule, reason: String)] {
        var violations: [(Rule, String)] = []
        if minimumLength != nil || maximumLength != nil {
            let length = Self.length(cell, value)
            if let least = minimumLength, length < least {
                violations.append((.minLength, "the least length is \(least)"))
            }
            if let most = maximumLength, length > most {
                violations.append((.maxLength, "the greatest length is \(most)"))
            }
        }
        let bounds = bounds.span
        for index in bounds.indices where !bounds[index].allows(value) {
            violations.append((bounds[index].isMinimum ? .minimum : .maximum, bounds[index].description))
        }
        if let pattern, !pattern.matches(String(decoding: cell, as: UTF8.self)) {
            violations.append((.pattern, "the pattern is \(quoted(pattern.text))"))
        }
        if let enumeration, !enumeration.contains(value.canonical(cell)) {
            violations.append((.enumeration, "there are \(enumeration.count) allowed values, and it is none of them"))
        }
        return violations
    }

    /// Characters, or items and members.
    private static func length(_ cell: Cell, _ value: CellValue) -> Int {
        if case .collection(let count) = value { return count }
        // Every byte but those within a character begins one.
        return cell.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
}

extension Constraints.Bound: CustomStringConvertible {
    var description: String {
        "the \(isMinimum ? "minimum" : "maximum") is \(text)\(isExclusive ? ", exclusive" : "")"
    }

    /// What is not a number is within no bounds.
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
