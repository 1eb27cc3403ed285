#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The text of a time, in the formats that S3 uses.
extension Timestamp {
    /// `Mon, 23 Nov 2026 21:56:00 GMT` (RFC 9110 section 5.6.7).
    public var httpDate: String {
        let time = calendar
        var text = DateText()
        text.append(Self.weekdays[Int(time.tm_wday)])
        text.append(", ")
        text.append(time.tm_mday, digits: 2)
        text.append(" ")
        text.append(Self.months[Int(time.tm_mon)])
        text.append(" ")
        text.append(time.tm_year + 1900, digits: 4)
        text.append(" ")
        text.append(clockOf: time, separator: ":")
        text.append(" GMT")
        return text.string
    }

    /// `2026-11-23T21:56:00.000Z`, with the time's milliseconds.
    public var iso8601: String {
        iso8601Text(milliseconds: Int32((milliseconds % 1000 + 1000) % 1000)).string
    }

    /// `2026-11-23T21:56:00.000Z`, without the time's milliseconds, as in S3's documents.
    var iso8601Seconds: DateText { iso8601Text(milliseconds: 0) }

    /// `2026-11-23T21:56:00Z`, the format in errors.
    package var iso8601WithoutFraction: String { iso8601Text(milliseconds: nil).string }

    private func iso8601Text(milliseconds: Int32?) -> DateText {
        let time = calendar
        var text = DateText()
        text.append(dayOf: time, separator: "-")
        text.append("T")
        text.append(clockOf: time, separator: ":")
        if let milliseconds {
            text.append(".")
            text.append(milliseconds, digits: 3)
        }
        text.append("Z")
        return text
    }

    /// `20261123T215600Z`, the format of Signature Version 4.
    public var iso8601Basic: String {
        let time = calendar
        var text = DateText()
        text.append(dayOf: time, separator: "")
        text.append("T")
        text.append(clockOf: time, separator: "")
        text.append("Z")
        return text.string
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private var calendar: tm {
        var time = tm()
        // Within the years that have four digits.
        var seconds = time_t(Timestamp(seconds: seconds).seconds)
        gmtime_r(&seconds, &time)
        return time
    }
}

/// The text of a date while it is written: at most 32 ASCII characters, which need no memory of their own.
struct DateText {
    private var bytes = InlineArray<32, UInt8>(repeating: 0)
    private var count = 0

    var string: String {
        String(unsafeUninitializedCapacity: count) { buffer in
            for index in 0..<count { buffer[index] = bytes[index] }
            return count
        }
    }

    func append(to output: inout [UInt8]) {
        for index in 0..<count { output.append(bytes[index]) }
    }

    fileprivate mutating func append(_ text: String) {
        for byte in text.utf8 { append(byte) }
    }

    /// Appends a number with leading zeros.
    fileprivate mutating func append(_ number: Int32, digits: Int) {
        var divisor: Int32 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    fileprivate mutating func append(dayOf time: tm, separator: String) {
        append(time.tm_year + 1900, digits: 4)
        append(separator)
        append(time.tm_mon + 1, digits: 2)
        append(separator)
        append(time.tm_mday, digits: 2)
    }

    fileprivate mutating func append(clockOf time: tm, separator: String) {
        append(time.tm_hour, digits: 2)
        append(separator)
        append(time.tm_min, digits: 2)
        append(separator)
        append(time.tm_sec, digits: 2)
    }

    private mutating func append(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
    }
}
