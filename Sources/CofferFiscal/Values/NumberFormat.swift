/// How the numbers of a field are written.
///
/// Source: Table Schema, "number" and "integer"; the lexical spaces of XML Schema's decimal and double.
struct NumberFormat: Sendable, Equatable {
    var decimal: [UInt8] = [UInt8(ascii: ".")]
    /// The separator of digit groups; empty for none.
    var group: [UInt8] = []
    /// Whether nothing may surround the number, such as a currency or a percent sign.
    var isBare = true

    private var isPlain: Bool { decimal == [UInt8(ascii: ".")] && group.isEmpty && isBare }

    func integer(_ cell: Cell) -> CellValue? {
        if isPlain { return Self.plainInteger(cell) }
        return plainText(cell).withUnsafeBufferPointer(Self.plainInteger)
    }

    func number(_ cell: Cell) -> DecimalNumber? {
        if isPlain { return Self.plainNumber(cell) }
        if !isBare, let special = Self.special(cell) { return special }
        return plainText(cell).withUnsafeBufferPointer(Self.plainNumber)
    }

    /// Returns the number rewritten in the default format.
    private func plainText(_ cell: Cell) -> [UInt8] {
        var rest = cell[...]
        if !isBare {
            while let byte = rest.first, !isStart(rest) {
                // Accountants write negative numbers in parentheses; without them the number would be read as positive.
                if byte == UInt8(ascii: "(") { return [] }
                rest = rest.dropFirst()
            }
            while let last = rest.last, !Self.isDigit(last) { rest = rest.dropLast() }
        }
        var text: [UInt8] = []
        var isFraction = false
        while let byte = rest.first {
            // There are no groups after the decimal character: 1.234,50 is not 1.23450.
            if !group.isEmpty, !isFraction, rest.starts(with: group) {
                rest = rest.dropFirst(group.count)
            } else if rest.starts(with: decimal) {
                text.append(UInt8(ascii: "."))
                isFraction = true
                rest = rest.dropFirst(decimal.count)
            } else {
                // Only the decimal character of the format is accepted.
                text.append(byte == UInt8(ascii: ".") ? UInt8(ascii: "?") : byte)
                rest = rest.dropFirst()
            }
        }
        return text
    }

    /// Whether a number starts here: with a digit, a sign, or the decimal character before a digit.
    private func isStart(_ text: Slice<Cell>) -> Bool {
        guard let first = text.first else { return false }
        if Self.isDigit(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { return true }
        return text.starts(with: decimal) && text.dropFirst(decimal.count).first.map(Self.isDigit) ?? false
    }

    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    static func plainInteger(_ cell: Cell) -> CellValue? {
        var index = 0
        var isNegative = false
        if let first = cell.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            index = 1
        }
        guard index < cell.count else { return nil }
        var value: Int64 = 0
        var overflows = false
        while index < cell.count {
            let digit = cell[index] &- 48
            guard digit < 10 else { return nil }
            let (tens, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = tens.subtractingReportingOverflow(Int64(digit))
            overflows = overflows || first || second
            value = sum
            index += 1
        }
        // Accumulated as a negative number, since there is one more negative integer than positive ones.
        if !overflows, isNegative || value != .min { return .integer(isNegative ? value : -value) }
        return plainNumber(cell).map(CellValue.number)
    }

    static func plainNumber(_ cell: Cell) -> DecimalNumber? {
        var index = 0
        var isNegative = false
        if let first = cell.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            index = 1
        }
        let start = index
        var significand: UInt64 = 0
        var (digits, fraction, exponent) = (0, 0, 0)
        var isFraction = false
        while index < cell.count {
            let digit = cell[index] &- 48
            if digit < 10 {
                if digits < DecimalNumber.headCount { significand = significand * 10 + UInt64(digit) }
                if significand != 0 { digits += 1 }
                if isFraction { fraction += 1 }
                index += 1
            } else if cell[index] == UInt8(ascii: "."), !isFraction {
                isFraction = true
                index += 1
            } else {
                break
            }
        }
        guard index - start > (isFraction ? 1 : 0) else { return special(cell) }
        let end = index
        if index < cell.count {
            guard cell[index] | 32 == UInt8(ascii: "e"), let power = Self.power(cell, from: index + 1) else {
                return nil
            }
            exponent = power
        }
        guard digits > DecimalNumber.headCount else {
            return DecimalNumber(significand: significand, exponent: exponent - fraction, isNegative: isNegative)
        }
        let further = digits - DecimalNumber.headCount
        return DecimalNumber(
            significand: significand, tail: tail(Cell(rebasing: cell[start..<end]), further),
            exponent: exponent - fraction + further, isNegative: isNegative)
    }

    /// Returns the last digits, without trailing zeros.
    private static func tail(_ number: Cell, _ count: Int) -> [UInt8] {
        var tail = Array(number.filter(isDigit).suffix(count))
        while tail.last == UInt8(ascii: "0") { tail.removeLast() }
        return tail
    }

    /// The maximum number of digits in an exponent, so that arithmetic on it never overflows.
    private static let exponentDigitCount = 9

    private static func power(_ cell: Cell, from start: Int) -> Int? {
        let text = String(decoding: cell[start...], as: UTF8.self)
        guard let value = Int(text), text.utf8.drop(while: { $0 < 49 }).count <= exponentDigitCount else { return nil }
        return value
    }

    /// Reads NaN and infinity, in any case.
    private static func special(_ cell: Cell) -> DecimalNumber? {
        // Longer texts cannot match, and need not be converted.
        guard cell.count <= 4 else { return nil }
        switch String(decoding: cell, as: UTF8.self).lowercased() {
        case "nan": return DecimalNumber(.notANumber)
        case "inf": return DecimalNumber(.infinity)
        case "-inf": return DecimalNumber(.infinity, isNegative: true)
        default: return nil
        }
    }
}
