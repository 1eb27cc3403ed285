/// The value of a cell, according to its field's type.
enum CellValue: Sendable {
    case integer(Int64)
    case number(DecimalNumber)
    case boolean(Bool)
    case moment(Moment)
    /// The value is the cell's text.
    case text
    /// A value whose parts were counted: the items of an array or list, or the members of an object.
    case collection(count: Int)

    /// Compares two values of one field, exactly.
    ///
    /// - Returns: nil for values without an order, such as texts and NaN.
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

    /// Returns the same bytes for equal values, however they are written.
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

/// How one value compares to another.
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
