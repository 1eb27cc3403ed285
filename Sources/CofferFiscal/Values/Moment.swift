/// A date, a time, or both.
struct Moment: Sendable {
    var year: Int?
    var month: Int?
    var day: Int?
    var hour: Int?
    var minute = 0
    var second = 0
    var nanosecond = 0
    /// Minutes east of Greenwich; nil if no offset is given.
    var offset: Int?

    /// Nanoseconds since 1970 for dates, since midnight for times.
    var instant: Int128 {
        let days = year.map { Self.days($0, month ?? 1, day ?? 1) } ?? 0
        let minutes = (days * 24 + (hour ?? 0)) * 60 + minute - (offset ?? 0)
        return Int128(minutes * 60 + second) * 1_000_000_000 + Int128(nanosecond)
    }

    /// The ISO 8601 form.
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

    /// Whether the day exists in the month, and the time in the day.
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

    /// Returns the days since 1970-01-01 in the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Counted from March, so that the leap day is the last day of a year.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
