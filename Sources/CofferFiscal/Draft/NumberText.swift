/// A number in a cell, without currency signs and other decoration.
struct NumberText {
    /// The cell without currency and percent signs, and without the marks of nonstandard negative numbers.
    private(set) var core: Slice<Cell>
    /// The currency or percent sign.
    private(set) var affix: String?
    /// Whether it is negative in a form that Table Schema does not have: `(1.50)`, `1.50-`, `-$1.50`.
    private(set) var isOddNegative = false
    /// Whether the cell has spaces at its beginning or end.
    private(set) var hasSpaces = false

    init(_ cell: Cell) {
        core = cell[...]
        takeSpaces()
        // Most cells are either a plain number or not a number at all.
        guard let first = core.first, let last = core.last, !Self.isDigit(first) || !Self.isDigit(last) else { return }
        if first == UInt8(ascii: "("), last == UInt8(ascii: ")"), core.count > 2 {
            core = core.dropFirst().dropLast()
            isOddNegative = true
        }
        takeAffix()
        if core.last == UInt8(ascii: "-"), core.count > 1 {
            core = core.dropLast()
            isOddNegative = true
        }
        if core.first == UInt8(ascii: "-"), affix == nil {
            let signed = core
            core = core.dropFirst()
            takeAffix(atEnd: false)
            if affix == nil { core = signed } else { isOddNegative = true }
        }
    }

    private mutating func takeSpaces() {
        while core.count > 1, core.first == UInt8(ascii: " ") { core = core.dropFirst() }
        while core.count > 1, core.last == UInt8(ascii: " ") { core = core.dropLast() }
        hasSpaces = core.count < core.base.count
    }

    private mutating func takeAffix(atEnd: Bool = true) {
        for (text, bytes) in Self.affixes {
            if core.count > bytes.count, core.starts(with: bytes) {
                core = core.dropFirst(bytes.count)
                while core.count > 1, let count = Self.spaceCount(core) { core = core.dropFirst(count) }
            } else if atEnd, core.count > bytes.count, core.suffix(bytes.count).elementsEqual(bytes) {
                core = core.dropLast(bytes.count)
                while core.count > 1, let count = Self.spaceCount(core.suffix(2), atEnd: true) {
                    core = core.dropLast(count)
                }
            } else {
                continue
            }
            affix = text
            return
        }
    }

    /// Returns the number of bytes of a space at the beginning or end; nil if there is none.
    private static func spaceCount(_ text: Slice<Cell>, atEnd: Bool = false) -> Int? {
        if (atEnd ? text.last : text.first) == UInt8(ascii: " ") { return 1 }
        return text.prefix(2).elementsEqual([0xC2, 0xA0]) ? 2 : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    /// Affixes that contain others come first.
    private static let affixes: [(String, [UInt8])] = [
        "US$", "R$", "Kč", "zł", "kr", "€", "$", "£", "¥", "₹", "₽", "₴", "₺", "%", "EUR", "USD", "GBP", "CHF", "JPY",
        "CNY", "INR", "BRL", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "MDL", "UAH", "RUB",
        "TRY", "MXN", "ZAR", "NGN", "KES",
    ].map { ($0, Array($0.utf8)) }
}
