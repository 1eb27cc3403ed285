public import CofferSystem

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A point in time, in whole milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Sendable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds; negative before.
    public let milliseconds: Int64

    /// Creates a time from milliseconds since 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    /// Creates a time, clamped to the years 0000 to 9999, which a date with a four-digit year can express.
    public init(seconds: Int64) { milliseconds = min(max(seconds, -62_167_219_200), 253_402_300_799) * 1000 }

    /// Whole seconds, rounded down.
    public var seconds: Int64 {
        milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    }

    /// Whether one time is before another.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    // MARK: Text

    /// `Mon, 23 Nov 2026 21:56:00 GMT` (RFC 9110 section 5.6.7).
    public var httpDate: String {
        let time = calendar
        var text = Self.weekdays[Int(time.tm_wday)] + ", "
        text.append(number: time.tm_mday)
        text += " " + Self.months[Int(time.tm_mon)] + " "
        text.append(number: time.tm_year + 1900, width: 4)
        text += " "
        text.append(numbers: [time.tm_hour, time.tm_min, time.tm_sec], separator: ":")
        return text + " GMT"
    }

    /// `2026-11-23T21:56:00.000Z`, with the time's milliseconds.
    public var iso8601: String {
        let time = calendar
        var text = ""
        text.append(number: time.tm_year + 1900, width: 4)
        text += "-"
        text.append(numbers: [time.tm_mon + 1, time.tm_mday], separator: "-")
        text += "T"
        text.append(numbers: [time.tm_hour, time.tm_min, time.tm_sec], separator: ":")
        text += "."
        text.append(number: Int32(truncatingIfNeeded: milliseconds - seconds * 1000), width: 3)
        return text + "Z"
    }

    /// `2026-11-23T21:56:00Z`, the format in errors.
    package var iso8601WithoutFraction: String { String(iso8601.dropLast(".000Z".count)) + "Z" }

    /// `20261123T215600Z`, the format of Signature Version 4.
    public var iso8601Basic: String {
        let time = calendar
        var text = ""
        text.append(number: time.tm_year + 1900, width: 4)
        text.append(numbers: [time.tm_mon + 1, time.tm_mday], separator: "")
        text += "T"
        text.append(numbers: [time.tm_hour, time.tm_min, time.tm_sec], separator: "")
        return text + "Z"
    }

    /// Reads the three formats of an HTTP date (RFC 9110 section 5.6.7) and the ISO formats `20261123T215600Z` and
    /// `2026-11-23T21:56:00Z`, the latter with an optional fraction, which is cut to milliseconds.
    public init?(parsing text: String) {
        guard let fields = Self.fields(of: text), fields.clock.allSatisfy({ $0.utf8.count == 2 }),
            let month = Self.month(fields.month),
            let year = Self.year(fields.year), let day = Self.number(fields.day), (1...31).contains(day),
            let hour = Self.number(fields.clock[0]), (0...23).contains(hour),
            let minute = Self.number(fields.clock[1]), (0...59).contains(minute),
            let second = Self.number(fields.clock[2]), (0...60).contains(second)
        else { return nil }
        var time = tm()
        (time.tm_year, time.tm_mon, time.tm_mday) = (year - 1900, month, day)
        (time.tm_hour, time.tm_min, time.tm_sec) = (hour, minute, 0)
        let seconds = Int64(timegm(&time)) + Int64(second)
        // `timegm` turns a day that the month does not have into one of the next month.
        guard time.tm_mday == day else { return nil }
        self.init(milliseconds: Timestamp(seconds: seconds).milliseconds + Int64(Self.milliseconds(fields.fraction)))
    }

    /// The longest text that is parsed, in bytes; a fraction may be long.
    private static let longestText = 128

    private typealias Fields = (
        year: Substring, month: Substring, day: Substring, clock: [Substring], fraction: Substring
    )

    /// Returns the first three digits of a second's fraction as milliseconds.
    private static func milliseconds(_ fraction: Substring) -> Int32 {
        guard !fraction.isEmpty else { return 0 }
        let digits = fraction.prefix(3)
        return (number(digits) ?? 0) * [100, 10, 1][digits.utf8.count - 1]
    }

    private static func fields(of text: String) -> Fields? {
        guard text.utf8.count <= longestText else { return nil }
        if text.utf8.count == 16, text.utf8.last == UInt8(ascii: "Z") { return basicFields(of: text) }
        let words = text.utf8.split { " ,-:".utf8.contains($0) }.map { Substring($0) }
        switch words.count {
        case 8 where ["GMT", "UTC", "+0000", "0000"].contains(words[7]):  // Mon, 23 Nov 2026 21:56:00 GMT
            return (words[3], words[2], words[1], Array(words[4...6]), "")
        case 7 where words[6].utf8.count == 4:  // Mon Nov 23 21:56:00 2026
            return (words[6], words[1], words[2], Array(words[3...5]), "")
        case 5 where text.utf8.last == UInt8(ascii: "Z"):  // 2026-11-23T21:56:00.000Z
            let day = words[2].split(at: "T")
            let second = words[4].dropLast().split(at: ".", maxSplits: 1)
            guard words[0].utf8.count == 4, day.count == 2, let whole = second.first,
                second.dropFirst().allSatisfy({ number($0) != nil })
            else { return nil }
            return (words[0], words[1], day[0], [day[1], words[3], whole], second.dropFirst().first ?? "")
        default: return nil
        }
    }

    /// Splits `20261123T215600Z`, which every signed request carries.
    private static func basicFields(of text: String) -> Fields? {
        let bytes = text.utf8
        func digits(_ start: Int, _ count: Int) -> Substring {
            let index = bytes.index(bytes.startIndex, offsetBy: start)
            return Substring(bytes[index..<bytes.index(index, offsetBy: count)])
        }
        guard digits(8, 1) == "T" else { return nil }
        return (digits(0, 4), digits(4, 2), digits(6, 2), [digits(9, 2), digits(11, 2), digits(13, 2)], "")
    }

    /// Reads a number of one to nine digits and nothing else.
    private static func number(_ text: Substring) -> Int32? {
        let isNumber = (1...9).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
        return isNumber ? Int32(text) : nil
    }

    /// Reads a year of four digits, or of the two digits of RFC 850, which mean 1970 to 2069.
    private static func year(_ text: Substring) -> Int32? {
        guard let number = number(text) else { return nil }
        switch text.utf8.count {
        case 4: return number
        case 2: return number + (number < 70 ? 2000 : 1900)
        default: return nil
        }
    }

    /// Reads the name or number of a month; the result is counted from zero.
    private static func month(_ text: Substring) -> Int32? {
        if let index = months.firstIndex(where: { $0 == text }) { return Int32(index) }
        guard let number = number(text), text.utf8.count == 2, (1...12).contains(number) else { return nil }
        return number - 1
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private var calendar: tm {
        var time = tm()
        var seconds = time_t(self.seconds)
        gmtime_r(&seconds, &time)
        return time
    }
}

extension String {
    /// Appends a number with leading zeros.
    fileprivate mutating func append(number: Int32, width: Int = 2) {
        let digits = String(number)
        for _ in 0..<max(0, width - digits.utf8.count) { self += "0" }
        self += digits
    }

    /// Appends numbers with two digits each.
    fileprivate mutating func append(numbers: [Int32], separator: String) {
        for (index, number) in numbers.enumerated() {
            if index > 0 { self += separator }
            append(number: number)
        }
    }
}

extension ServiceClock {
    /// The current time.
    public var time: Timestamp { Timestamp(milliseconds: milliseconds) }
}
