/// What a cell says, according to its field's type.
enum CellValue {
    case integer(Int64)
    case number(DecimalNumber)
    case boolean(Bool)
    case moment(Moment)
    /// The cell's text is the value.
    case text
    /// A value whose parts were counted: the items of an array or list, the members of an object.
    case collection(count: Int)

    /// Orders the values of one field; nil for values that have no order.
    var rank: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let number): number.value
        case .moment(let moment): moment.rank
        case .boolean, .text, .collection: nil
        }
    }

    /// The same bytes for the same value, whichever way it is written.
    func canonical(_ cell: Cell) -> [UInt8] {
        switch self {
        case .integer(let value): Array(String(value).utf8)
        // Digits that do not fit are not rounded into those of another number.
        case .number(let number): number.other?.isFinite == true ? Array(cell) : Array(number.canonicalText.utf8)
        case .boolean(let value): Array(String(value).utf8)
        case .moment(let moment): Array(moment.text.utf8)
        case .text, .collection: Array(cell)
        }
    }
}

/// A decimal number as it is written: digits and a power of ten, so that nothing is lost before it is used.
struct DecimalNumber {
    /// What the digits come to, if they fit.
    let significand: UInt64
    let exponent: Int
    let isNegative: Bool
    /// The value of what does not fit, is not a number, or infinite.
    let other: Double?

    init(significand: UInt64, exponent: Int, isNegative: Bool, other: Double? = nil) {
        self.significand = significand
        self.exponent = exponent
        self.isNegative = isNegative
        self.other = other
    }

    var value: Double { scaled(by: 1) }

    /// The number multiplied by a factor; rounded once where both are short enough.
    func scaled(by factor: Double) -> Double {
        if let other { return other * factor }
        let limit: UInt64 = 1 << 53
        if factor >= 1, factor < Double(limit), factor.rounded() == factor, abs(exponent) <= 22 {
            let (product, overflows) = significand.multipliedReportingOverflow(by: UInt64(factor))
            if !overflows, product < limit { return scaled(Double(product)) }
        }
        // The nearest number to the digits, and that of its product.
        let text = "\(isNegative ? "-" : "")\(significand)e\(exponent)"
        return (Double(text) ?? .nan) * factor
    }

    /// Both are exact, so that the one operation rounds correctly (Clinger, "How to read floating point numbers").
    private func scaled(_ digits: Double) -> Double {
        let value = exponent < 0 ? digits / Self.powers[-exponent] : digits * Self.powers[exponent]
        return isNegative ? -value : value
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// Without zeros that change nothing; as an integer where it is one.
    var canonicalText: String {
        if let other { return String(other) }
        var (digits, power) = (significand, exponent)
        while digits != 0, digits.isMultiple(of: 10) {
            digits /= 10
            power += 1
        }
        if digits == 0 { return "0" }
        if (0..<18).contains(power) {
            let (value, overflows) = digits.multipliedReportingOverflow(by: UInt64(Self.powers[power]))
            if !overflows { return "\(isNegative ? "-" : "")\(value)" }
        }
        return "\(isNegative ? "-" : "")\(digits)e\(power)"
    }
}

/// A date, a time, or both.
struct Moment {
    var year: Int?
    var month: Int?
    var day: Int?
    var hour: Int?
    var minute = 0
    var second = 0
    var nanosecond = 0
    /// Minutes east of Greenwich; nil if nothing is said.
    var offset: Int?

    /// Seconds since 1970 for what has a date, since midnight for times.
    var rank: Double {
        var seconds = Double(hour ?? 0) * 3600 + Double(minute) * 60 + Double(second) + Double(nanosecond) / 1e9
        seconds -= Double(offset ?? 0) * 60
        guard let year else { return seconds }
        return seconds + Double(Self.days(year, month ?? 1, day ?? 1)) * 86_400
    }

    /// As ISO 8601 writes it.
    var text: String {
        var parts: [String] = []
        if let year {
            let date = [Self.padded(year, 4)] + [month, day].compactMap { $0.map { Self.padded($0, 2) } }
            parts.append(date.joined(separator: "-"))
        }
        if let hour {
            var time = [hour, minute, second].map { Self.padded($0, 2) }.joined(separator: ":")
            if nanosecond != 0 { time += "." + Self.withoutTrailingZeros(Self.padded(nanosecond, 9)) }
            if let offset { time += Self.offsetText(offset) }
            parts.append(time)
        }
        return parts.joined(separator: "T")
    }

    private static func offsetText(_ minutes: Int) -> String {
        if minutes == 0 { return "Z" }
        let sign = minutes < 0 ? "-" : "+"
        return "\(sign)\(padded(abs(minutes) / 60, 2)):\(padded(abs(minutes) % 60, 2))"
    }

    private static func padded(_ value: Int, _ count: Int) -> String {
        let digits = String(abs(value))
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, count - digits.count)) + digits
    }

    private static func withoutTrailingZeros(_ digits: String) -> String {
        String(digits.reversed().drop { $0 == "0" }.reversed())
    }

    /// Whether the day is one of the month, and the time one of the day.
    var isValid: Bool {
        if let month, !(1...12).contains(month) { return false }
        if let day, day < 1 || day > Self.dayCount(year ?? 2000, month ?? 1) { return false }
        if let hour, !(0...23).contains(hour) { return false }
        if let offset, abs(offset) > 14 * 60 { return false }
        return (0...59).contains(minute) && (0...59).contains(second)
    }

    private static func dayCount(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Counted from March, so that the leap day is a year's last.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
