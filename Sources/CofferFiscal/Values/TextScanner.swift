/// Scans ISO 8601 text from left to right.
struct TextScanner {
    private let text: Cell
    private(set) var position = 0

    init(_ text: Cell) { self.text = text }

    var isAtEnd: Bool { position == text.count }
    var next: UInt8? { position < text.count ? text[position] : nil }

    /// Reads as many digits as possible, within bounds.
    mutating func digits(_ count: ClosedRange<Int>) -> Int? {
        var (value, read) = (0, 0)
        while read < count.upperBound, position < text.count {
            let digit = text[position] &- 48
            guard digit < 10 else { break }
            value = value * 10 + Int(digit)
            (read, position) = (read + 1, position + 1)
        }
        return read >= count.lowerBound ? value : nil
    }

    mutating func digits(_ count: Int) -> Int? { digits(count...count) }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// - Parameter scalar: an ASCII character.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool { take(UInt8(ascii: scalar)) }

    /// Takes a word, ignoring case.
    mutating func take(_ word: String) -> Bool {
        let bytes = text[position...].prefix(word.utf8.count)
        guard bytes.count == word.utf8.count,
            zip(bytes, word.utf8).allSatisfy({ $0 == $1 || $0 | 32 == $1 | 32 && $0 | 32 >= 97 && $0 | 32 <= 122 })
        else { return false }
        position += bytes.count
        return true
    }

    /// Reads the digits after a decimal point as nanoseconds; digits after the ninth are ignored.
    mutating func nanoseconds() -> Int? {
        let start = position
        guard var value = digits(1...9) else { return nil }
        for _ in (position - start)..<9 { value *= 10 }
        while let byte = next, byte &- 48 < 10 { position += 1 }
        return value
    }

    /// Reads `Z`, or hours and minutes east of Greenwich with an optional colon.
    mutating func offset() -> Int? {
        if take("Z") { return 0 }
        let isNegative = next == UInt8(ascii: "-")
        guard take("+" as Unicode.Scalar) || take("-" as Unicode.Scalar), let hours = digits(2) else { return nil }
        _ = take(":" as Unicode.Scalar)
        guard let minutes = digits(2), minutes < 60 else { return nil }
        return (hours * 60 + minutes) * (isNegative ? -1 : 1)
    }

    // MARK: Complete cells

    static func date(_ cell: Cell) -> Moment? {
        whole(cell) { scanner, moment in scanner.readDate(&moment) }
    }

    static func time(_ cell: Cell) -> Moment? {
        whole(cell) { scanner, moment in scanner.readTime(&moment) }
    }

    static func dateTime(_ cell: Cell) -> Moment? {
        whole(cell) { scanner, moment in
            scanner.readDate(&moment) && scanner.take("T" as Unicode.Scalar) && scanner.readTime(&moment)
        }
    }

    static func yearMonth(_ cell: Cell) -> Moment? {
        whole(cell) { scanner, moment in
            moment.year = scanner.digits(4)
            guard moment.year != nil, scanner.take("-" as Unicode.Scalar) else { return false }
            moment.month = scanner.digits(2)
            return moment.month != nil
        }
    }

    /// Reads a year of at least four digits, like XML Schema's gYear.
    static func year(_ cell: Cell) -> Int64? {
        var scanner = TextScanner(cell)
        let isNegative = scanner.take("-" as Unicode.Scalar)
        guard let value = scanner.digits(4...9), scanner.isAtEnd else { return nil }
        return Int64(isNegative ? -value : value)
    }

    /// Whether a cell is a duration such as `P1Y2M3DT4H5M6.7S`, with at least one part (ISO 8601; XML Schema's
    /// duration).
    static func isDuration(_ cell: Cell) -> Bool {
        var scanner = TextScanner(cell)
        _ = scanner.take("-" as Unicode.Scalar)
        guard scanner.take("P" as Unicode.Scalar) else { return false }
        let date = scanner.skipParts("YMWD", hasFraction: false)
        if scanner.isAtEnd { return date > 0 }
        guard scanner.take("T" as Unicode.Scalar) else { return false }
        let time = scanner.skipParts("HMS", hasFraction: true)
        return time > 0 && scanner.isAtEnd
    }

    private mutating func skipParts(_ units: String, hasFraction: Bool) -> Int {
        var count = 0
        var units = units.unicodeScalars[...]
        while !units.isEmpty {
            let start = position
            guard digits(1...18) != nil else { break }
            if hasFraction, take("." as Unicode.Scalar), nanoseconds() == nil { return 0 }
            guard let unit = units.first(where: { take($0) }) else {
                position = start
                break
            }
            units = units[units.index(after: units.firstIndex(of: unit) ?? units.startIndex)...]
            count += 1
        }
        return count
    }

    private static func whole(_ cell: Cell, _ read: (inout TextScanner, inout Moment) -> Bool) -> Moment? {
        var scanner = TextScanner(cell)
        var moment = Moment()
        return read(&scanner, &moment) && scanner.isAtEnd && moment.isValid ? moment : nil
    }

    private mutating func readDate(_ moment: inout Moment) -> Bool {
        moment.year = digits(4)
        guard moment.year != nil, take("-" as Unicode.Scalar) else { return false }
        moment.month = digits(2)
        guard moment.month != nil, take("-" as Unicode.Scalar) else { return false }
        moment.day = digits(2)
        return moment.day != nil
    }

    private mutating func readTime(_ moment: inout Moment) -> Bool {
        moment.hour = digits(2)
        guard moment.hour != nil, take(":" as Unicode.Scalar), let minute = digits(2) else { return false }
        guard take(":" as Unicode.Scalar), let second = digits(2) else { return false }
        (moment.minute, moment.second) = (minute, second)
        if take("." as Unicode.Scalar) {
            guard let fraction = nanoseconds() else { return false }
            moment.nanosecond = fraction
        }
        if isAtEnd { return true }
        moment.offset = offset()
        return moment.offset != nil
    }
}
