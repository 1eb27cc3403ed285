/// The text of a time, in the formats that S3 uses.
extension Timestamp {
    /// `Mon, 23 Nov 2026 21:56:00 GMT` (RFC 9110 section 5.6.7).
    public var httpDate: String {
        let time = calendar
        var text = DateText()
        text.append(Self.weekdays[time.weekday])
        text.append(", ")
        text.append(twoDigits: time.day)
        text.append(UInt8(ascii: " "))
        text.append(Self.months[time.month - 1])
        text.append(UInt8(ascii: " "))
        text.append(fourDigits: time.year)
        text.append(UInt8(ascii: " "))
        text.append(clockOf: time, separator: UInt8(ascii: ":"))
        text.append(" GMT")
        return text.string
    }

    /// `2026-11-23T21:56:00.000Z`, with the time's milliseconds.
    public var iso8601: String {
        iso8601Text(milliseconds: Int((milliseconds % 1000 + 1000) % 1000)).string
    }

    /// `2026-11-23T21:56:00.000Z`, without the time's milliseconds, as in S3's documents.
    var iso8601Seconds: DateText { iso8601Text(milliseconds: 0) }

    /// `2026-11-23T21:56:00Z`, the format in errors.
    package var iso8601WithoutFraction: String { iso8601Text(milliseconds: nil).string }

    @inline(__always)
    private func iso8601Text(milliseconds: Int?) -> DateText {
        let time = calendar
        var text = DateText()
        text.append(dayOf: time, separator: UInt8(ascii: "-"))
        text.append(UInt8(ascii: "T"))
        text.append(clockOf: time, separator: UInt8(ascii: ":"))
        if let milliseconds {
            text.append(UInt8(ascii: "."))
            text.append(threeDigits: milliseconds)
        }
        text.append(UInt8(ascii: "Z"))
        return text
    }

    /// `20261123T215600Z`, the format of Signature Version 4.
    public var iso8601Basic: String {
        let time = calendar
        var text = DateText()
        text.append(dayOf: time, separator: nil)
        text.append(UInt8(ascii: "T"))
        text.append(clockOf: time, separator: nil)
        text.append(UInt8(ascii: "Z"))
        return text.string
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private var calendar: CalendarTime {
        // Within the years that have four digits.
        CalendarTime(secondsSince1970: Timestamp(seconds: seconds).seconds)
    }
}

/// Dates in the format of S3's documents, of many times, most of which are of the day of the one before, and many of its
/// second.
@usableFromInline
package struct DatesOfADay {
    private var seconds = Int64.min
    private var day = Int64.min
    /// The date of the last time.
    private(set) var text = DateText()

    package init() {}

    mutating func setTime(_ time: Timestamp) {
        let seconds = time.seconds
        guard seconds != self.seconds else { return }
        self.seconds = seconds
        guard seconds >= 0, seconds / 86_400 == day else {
            text = time.iso8601Seconds
            // Not those of the years that have no four digits.
            day = (0..<253_402_300_800).contains(seconds) ? seconds / 86_400 : .min
            return
        }
        text.setClock(secondOfDay: Int(seconds % 86_400))
    }
}

/// A time in the Gregorian calendar and UTC, of the years 0000 to 9999.
///
/// The system's `gmtime_r` takes a lock and looks at the time zone, and a listing has a date for every key.
private struct CalendarTime {
    let year: Int
    /// From 1.
    let month: Int
    /// From 1.
    let day: Int
    /// Days since Sunday.
    let weekday: Int
    let hour: Int
    let minute: Int
    let second: Int

    /// Years begin in March here, so that the leap day is the last of its year, and the days before each month follow
    /// from a straight line: 153 days in five months. Every 400 years have the same days.
    init(secondsSince1970 seconds: Int64) {
        let daysIn400Years = 146_097
        // From 1 March of the year -400, so that no number is negative.
        let since1970 = Int((seconds + 86_400 * 800_000) / 86_400) - 800_000
        let days = since1970 + 719_468 + daysIn400Years
        let dayOfEra = days % daysIn400Years
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthsSinceMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthsSinceMarch + 2) / 5 + 1
        month = monthsSinceMarch < 10 ? monthsSinceMarch + 3 : monthsSinceMarch - 9
        year = yearOfEra + days / daysIn400Years * 400 - 400 + (month <= 2 ? 1 : 0)
        // 1970 began on a Thursday.
        weekday = (since1970 + 4 + 7 * 110_000) % 7
        let secondOfDay = Int(seconds - Int64(since1970) * 86_400)
        (hour, minute, second) = (secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60)
    }
}

/// The text of a date while it is written: at most 32 ASCII characters, which need no memory of their own.
///
/// Where every call is inlined the compiler knows the place of each character.
struct DateText {
    private var bytes = InlineArray<32, UInt8>(repeating: 0)
    private var count = 0

    var string: String {
        String(unsafeUninitializedCapacity: count) { buffer in
            for index in 0..<count { buffer[index] = bytes[index] }
            return count
        }
    }

    func withBytes(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        bytes.span.extracting(first: count).withUnsafeBufferPointer(body)
    }

    /// Changes the clock's time of an ISO 8601 date with separators.
    fileprivate mutating func setClock(secondOfDay: Int) {
        set(twoDigits: secondOfDay / 3600, at: 11)
        set(twoDigits: secondOfDay / 60 % 60, at: 14)
        set(twoDigits: secondOfDay % 60, at: 17)
    }

    @inline(__always)
    private mutating func set(twoDigits number: Int, at index: Int) {
        bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10)
        bytes[index + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
    }

    @inline(__always)
    fileprivate mutating func append(_ text: String) {
        text.utf8.withContiguousStorageIfAvailable { for byte in $0 { append(byte) } }
    }

    @inline(__always)
    fileprivate mutating func append(twoDigits number: Int) {
        append(digit: number / 10)
        append(digit: number % 10)
    }

    @inline(__always)
    fileprivate mutating func append(threeDigits number: Int) {
        append(digit: number / 100)
        append(twoDigits: number % 100)
    }

    @inline(__always)
    fileprivate mutating func append(fourDigits number: Int) {
        append(twoDigits: number / 100)
        append(twoDigits: number % 100)
    }

    @inline(__always)
    fileprivate mutating func append(dayOf time: CalendarTime, separator: UInt8?) {
        append(fourDigits: time.year)
        if let separator { append(separator) }
        append(twoDigits: time.month)
        if let separator { append(separator) }
        append(twoDigits: time.day)
    }

    @inline(__always)
    fileprivate mutating func append(clockOf time: CalendarTime, separator: UInt8?) {
        append(twoDigits: time.hour)
        if let separator { append(separator) }
        append(twoDigits: time.minute)
        if let separator { append(separator) }
        append(twoDigits: time.second)
    }

    @inline(__always)
    private mutating func append(digit: Int) { append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)) }

    @inline(__always)
    fileprivate mutating func append(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
    }
}
