/// A date and time as stored in a workbook: days since the end of 1899, with the time as a fraction.
enum WorkbookDate {
    enum Style: Sendable {
        case date, time, dateTime

        /// - Returns: nil for a number format.
        init?(builtIn id: Int) {
            switch id {
            case 14...17, 27...31, 34...36, 50...58: self = .date
            case 18...21, 32, 33, 45...47: self = .time
            case 22: self = .dateTime
            default: return nil
            }
        }

        /// - Parameter code: the format code, such as `yyyy-mm-dd`.
        init?(code: String) {
            var (hasDate, hasTime) = (false, false)
            var rest = code.lowercased()[...]
            while let character = rest.popFirst() {
                switch character {
                case "\"": rest = rest.drop { $0 != "\"" }.dropFirst()
                case "\\", "_", "*": rest = rest.dropFirst()
                // Colours, currencies, and elapsed hours, which are plain numbers.
                case "[": rest = rest.drop { $0 != "]" }.dropFirst()
                case "d", "y": hasDate = true
                case "h", "s": hasTime = true
                case ";": rest = ""
                default: break
                }
            }
            switch (hasDate, hasTime) {
            case (true, true): self = .dateTime
            case (true, false): self = .date
            case (false, true): self = .time
            case (false, false): return nil
            }
        }
    }

    /// Returns the date and time in ISO 8601; nil if the number is not a valid date.
    static func text(_ number: Double, _ style: Style, from1904: Bool) -> String? {
        guard number >= 0, number < 2_958_466 else { return nil }
        let seconds = (number * 86_400).rounded()
        let (day, second) = (Int(seconds) / 86_400, Int(seconds) % 86_400)
        let time = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        if style == .time, day == 0 { return time }
        // The 1900 date system counts a 29 February 1900, which did not exist.
        let days = from1904 ? day - 24_107 : day < 60 ? day - 25_568 : day - 25_569
        let date = date(days)
        return style == .date && second == 0 ? date : "\(date)T\(time)"
    }

    /// - Parameter days: the days since 1 January 1970.
    private static func date(_ days: Int) -> String {
        // Years start in March, so that the leap day comes last; 400 years have 146,097 days.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let day = shifted - era * 146_097
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let calendarYear = year + era * 400 + (calendarMonth <= 2 ? 1 : 0)
        let padding = String(repeating: "0", count: max(0, 4 - String(calendarYear).count))
        return "\(padding)\(calendarYear)-\(two(calendarMonth))-\(two(dayOfYear - (153 * month + 2) / 5 + 1))"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
