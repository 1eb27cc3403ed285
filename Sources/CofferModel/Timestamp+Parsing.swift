#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The formats of a time that S3 reads.
extension Timestamp {
    /// Reads the three formats of an HTTP date (RFC 9110 section 5.6.7) and the ISO formats `20261123T215600Z` and
    /// `2026-11-23T21:56:00Z`, the latter with an optional fraction, which is cut to milliseconds.
    public init?(parsing text: String) {
        guard let fields = DateFields(text), (0...11).contains(fields.month), (1...31).contains(fields.day),
            (0...23).contains(fields.hour), (0...59).contains(fields.minute), (0...60).contains(fields.second)
        else { return nil }
        var time = tm()
        (time.tm_year, time.tm_mon, time.tm_mday) = (fields.year - 1900, fields.month, fields.day)
        (time.tm_hour, time.tm_min, time.tm_sec) = (fields.hour, fields.minute, 0)
        let seconds = Int64(timegm(&time)) + Int64(fields.second)
        // `timegm` turns a day that the month does not have into one of the next month.
        guard time.tm_mday == fields.day else { return nil }
        self.init(milliseconds: Timestamp(seconds: seconds).milliseconds + Int64(fields.milliseconds))
    }
}

/// The numbers in the text of a time, not yet checked against the calendar.
private struct DateFields {
    var year: Int32
    /// Counted from zero.
    var month: Int32
    var day: Int32
    var hour: Int32
    var minute: Int32
    var second: Int32
    var milliseconds: Int32 = 0

    /// The longest text that is parsed, in bytes; a fraction may be long.
    private static let longestText = 128

    init?(_ text: String) {
        guard text.utf8.count <= Self.longestText else { return nil }
        if text.utf8.count == 16, text.utf8.last == UInt8(ascii: "Z") {
            self.init(basic: text.utf8Span.span)
        } else {
            self.init(words: text)
        }
    }

    /// Reads `20261123T215600Z`, which every signed request carries.
    private init?(basic text: Span<UInt8>) {
        func number(_ range: Range<Int>) -> Int32? {
            var number: Int32 = 0
            for index in range {
                guard (48...57).contains(text[index]) else { return nil }
                number = number * 10 + Int32(text[index] - 48)
            }
            return number
        }
        guard text[8] == UInt8(ascii: "T"), let year = number(0..<4), let month = number(4..<6),
            let day = number(6..<8), let hour = number(9..<11), let minute = number(11..<13),
            let second = number(13..<15)
        else { return nil }
        (self.year, self.month, self.day) = (year, month - 1, day)
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }

    private init?(words text: String) {
        let words = text.utf8.split { " ,-:".utf8.contains($0) }.map { Substring($0) }
        switch words.count {
        case 8 where ["GMT", "UTC", "+0000", "0000"].contains(words[7]):  // Mon, 23 Nov 2026 21:56:00 GMT
            self.init(year: words[3], month: words[2], day: words[1], clock: words[4...6])
        case 7 where words[6].utf8.count == 4:  // Mon Nov 23 21:56:00 2026
            self.init(year: words[6], month: words[1], day: words[2], clock: words[3...5])
        case 5 where text.utf8.last == UInt8(ascii: "Z"):  // 2026-11-23T21:56:00.000Z
            let day = words[2].split(at: "T")
            let second = words[4].dropLast().split(at: ".", maxSplits: 1)
            guard words[0].utf8.count == 4, day.count == 2, let whole = second.first,
                second.dropFirst().allSatisfy({ Self.number($0) != nil })
            else { return nil }
            self.init(year: words[0], month: words[1], day: day[0], clock: [day[1], words[3], whole])
            milliseconds = Self.milliseconds(second.dropFirst().first ?? "")
        default: return nil
        }
    }

    /// - Parameter clock: hours, minutes and seconds, with two digits each.
    private init?(year: Substring, month: Substring, day: Substring, clock: ArraySlice<Substring>) {
        let numbers = clock.compactMap { $0.utf8.count == 2 ? Self.number($0) : nil }
        guard let year = Self.year(year), let month = Self.month(month), let day = Self.number(day), numbers.count == 3
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        (hour, minute, second) = (numbers[0], numbers[1], numbers[2])
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
        if let index = Timestamp.months.firstIndex(where: { $0 == text }) { return Int32(index) }
        guard let number = number(text), text.utf8.count == 2 else { return nil }
        return number - 1
    }

    /// Returns the first three digits of a second's fraction as milliseconds.
    private static func milliseconds(_ fraction: Substring) -> Int32 {
        guard !fraction.isEmpty else { return 0 }
        let digits = fraction.prefix(3)
        return (number(digits) ?? 0) * [100, 10, 1][digits.utf8.count - 1]
    }
}
