/// What a cell says, according to its field's type.
enum CellValue: Sendable {
    case integer(Int64)
    case number(DecimalNumber)
    case boolean(Bool)
    case moment(Moment)
    /// The cell's text is the value.
    case text
    /// A value whose parts were counted: the items of an array or list, the members of an object.
    case collection(count: Int)

    /// Compares two values of one field, exactly.
    ///
    /// - Returns: nil for values that have no order, such as texts and what is not a number.
    func order(_ other: CellValue) -> Order? {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): Order(left, right)
        case (.integer(let left), .number(let right)): DecimalNumber(left).order(right)
        case (.number(let left), .integer(let right)): left.order(DecimalNumber(right))
        case (.number(let left), .number(let right)): left.order(right)
        case (.moment(let left), .moment(let right)): Order(left.instant, right.instant)
        default: nil
        }
    }

    /// The same bytes for the same value, whichever way it is written.
    func canonical(_ cell: Cell) -> [UInt8] {
        switch self {
        case .integer(let value): Array(String(value).utf8)
        case .number(let number): Array(number.canonicalText.utf8)
        case .boolean(let value): Array(String(value).utf8)
        case .moment(let moment): Array(moment.text.utf8)
        case .text, .collection: Array(cell)
        }
    }
}

/// How one value stands to another.
enum Order: Sendable {
    case less, same, greater

    @inline(__always)
    init<Value: Comparable>(_ left: Value, _ right: Value) {
        self = left < right ? .less : left == right ? .same : .greater
    }

    var reversed: Order {
        switch self {
        case .less: .greater
        case .same: .same
        case .greater: .less
        }
    }
}
