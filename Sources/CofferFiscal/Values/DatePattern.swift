/// A `strptime` pattern, such as `%d.%m.%Y`.
///
/// Source: `strptime` of the C standard and of Python; directives whose meaning depends on a language are read in
/// English.
struct DatePattern: Sendable {
    /// The pattern as written.
    let text: String
    private let parts: [Part]

    private enum Part: Sendable {
        case directive(UInt8)
        case literal(UInt8)
    }

    private static let directives = Set("YymdHIMSfzpbBaAjZ%".utf8)

    /// - Returns: nil for an unknown directive, and for a pattern without directives.
    init?(_ pattern: String) {
        var parts: [Part] = []
        var bytes = Array(pattern.utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                parts.append(.literal(byte))
                continue
            }
            guard let directive = bytes.popFirst(), Self.directives.contains(directive) else { return nil }
            parts.append(.directive(directive))
        }
        guard parts.contains(where: { if case .directive = $0 { true } else { false } }) else { return nil }
        text = pattern
        self.parts = parts
    }

    func read(_ cell: Cell) -> Moment? {
        var scanner = TextScanner(cell)
        var moment = Moment()
        var isAfternoon: Bool?
        for part in parts {
            switch part {
            case .literal(let byte): guard scanner.take(byte) else { return nil }
            case .directive(let directive):
                guard read(directive, &scanner, &moment, &isAfternoon) else { return nil }
            }
        }
        if let isAfternoon, let hour = moment.hour { moment.hour = hour % 12 + (isAfternoon ? 12 : 0) }
        return scanner.isAtEnd && moment.isValid ? moment : nil
    }

    private func read(
        _ directive: UInt8, _ scanner: inout TextScanner, _ moment: inout Moment, _ isAfternoon: inout Bool?
    ) -> Bool {
        switch Character(UnicodeScalar(directive)) {
        case "Y": moment.year = scanner.digits(4)
        case "y": moment.year = scanner.digits(2).map { $0 < 69 ? 2000 + $0 : 1900 + $0 }
        case "m": moment.month = scanner.digits(1...2)
        case "d": moment.day = scanner.digits(1...2)
        case "H": moment.hour = scanner.digits(1...2)
        case "I": moment.hour = scanner.digits(1...2).flatMap { (1...12).contains($0) ? $0 : nil }
        case "M": return assign(scanner.digits(1...2), to: &moment.minute)
        case "S": return assign(scanner.digits(1...2), to: &moment.second)
        case "f": return assign(scanner.nanoseconds(), to: &moment.nanosecond)
        case "z": moment.offset = scanner.offset()
        case "Z": return scanner.take("UTC") || scanner.take("GMT") || scanner.take("Z")
        case "p":
            isAfternoon = scanner.take("PM") ? true : scanner.take("AM") ? false : nil
            return isAfternoon != nil
        case "b", "B": moment.month = Self.index(of: Self.months, &scanner).map { $0 + 1 }
        case "a", "A": return Self.index(of: Self.weekdays, &scanner) != nil
        case "j": return scanner.digits(1...3).map { (1...366).contains($0) } ?? false
        default: return scanner.take("%" as Unicode.Scalar)
        }
        return Self.isSet(directive, moment)
    }

    private func assign(_ value: Int?, to property: inout Int) -> Bool {
        guard let value else { return false }
        property = value
        return true
    }

    private static func isSet(_ directive: UInt8, _ moment: Moment) -> Bool {
        switch Character(UnicodeScalar(directive)) {
        case "Y", "y": moment.year != nil
        case "m", "b", "B": moment.month != nil
        case "d": moment.day != nil
        case "H", "I": moment.hour != nil
        default: moment.offset != nil
        }
    }

    /// Reads a full name, or its first three letters.
    private static func index(of names: [String], _ scanner: inout TextScanner) -> Int? {
        names.indices.first { scanner.take(names[$0]) || scanner.take(String(names[$0].prefix(3))) }
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
}
