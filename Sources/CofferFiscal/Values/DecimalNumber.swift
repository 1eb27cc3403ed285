/// A decimal number as written: digits and a power of ten, so that no precision is lost.
struct DecimalNumber: Sendable {
    /// The value of the leading digits, at most ``headCount`` counted from the first that is not zero.
    let significand: UInt64
    /// The remaining digits as ASCII, without trailing zeros; empty unless the significand has ``headCount`` digits.
    let tail: [UInt8]
    /// The power of ten of the last digit in ``significand``.
    let exponent: Int
    let isNegative: Bool
    let special: Special?

    /// A value that has no digits.
    enum Special: Sendable { case notANumber, infinity }

    /// The number of digits that always fit into a significand.
    static let headCount = 19

    init(
        significand: UInt64, tail: [UInt8] = [], exponent: Int, isNegative: Bool, special: Special? = nil
    ) {
        self.significand = significand
        self.tail = tail
        self.exponent = exponent
        self.isNegative = isNegative
        self.special = special
    }

    init(_ special: Special, isNegative: Bool = false) {
        self.init(significand: 0, exponent: 0, isNegative: isNegative, special: special)
    }

    init(_ value: Int64) { self.init(significand: value.magnitude, exponent: 0, isNegative: value < 0) }

    /// Returns the number multiplied by a factor, rounded only once if both are short enough.
    func scaled(by factor: Double) -> Double {
        switch special {
        case .notANumber: return .nan
        case .infinity: return (isNegative ? -.infinity : .infinity) * factor
        case nil: break
        }
        let limit: UInt64 = 1 << 53
        if tail.isEmpty, factor >= 1, factor < Double(limit), factor.rounded() == factor, abs(exponent) <= 22 {
            let (product, overflows) = significand.multipliedReportingOverflow(by: UInt64(factor))
            if !overflows, product < limit { return scaled(Double(product)) }
        }
        // Rounded twice: to the nearest number, and after the multiplication.
        return (Double("\(isNegative ? "-" : "")\(digits)") ?? .nan) * factor
    }

    /// Both operands are exact, so the single operation rounds correctly (Clinger, "How to read floating point
    /// numbers").
    private func scaled(_ digits: Double) -> Double {
        let value = exponent < 0 ? digits / Self.powers[-exponent] : digits * Self.powers[exponent]
        return isNegative ? -value : value
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// All digits, with the power of ten of the last one.
    private var digits: String {
        "\(significand)\(String(decoding: tail, as: UTF8.self))e\(exponent - tail.count)"
    }

    /// The number without insignificant zeros, as an integer if it is one.
    var canonicalText: String {
        if let special { return special == .notANumber ? "nan" : isNegative ? "-inf" : "inf" }
        let sign = isNegative ? "-" : ""
        if !tail.isEmpty { return sign + digits }
        var (head, power) = (significand, exponent)
        while head != 0, head.isMultiple(of: 10) {
            head /= 10
            power += 1
        }
        if head == 0 { return "0" }
        // This covers every 64-bit integer, so that the text is the same as that of an integer value.
        if (0...18).contains(power) {
            let (value, overflows) = head.multipliedReportingOverflow(by: UInt64(Self.powers[power]))
            if !overflows { return "\(sign)\(value)" }
        }
        return "\(sign)\(head)e\(power)"
    }
}

// MARK: Order

extension DecimalNumber {
    /// Compares exactly, whatever the number of digits and the size of the exponents.
    ///
    /// - Returns: nil if one of the two is not a number.
    func order(_ other: DecimalNumber) -> Order? {
        if special == .notANumber || other.special == .notANumber { return nil }
        let order = Order(sign, other.sign)
        if order != .same || sign == 0 { return order }
        let magnitudes = magnitudeOrder(other)
        return isNegative ? magnitudes.reversed : magnitudes
    }

    private var sign: Int { significand == 0 && special == nil ? 0 : isNegative ? -1 : 1 }

    /// Compares the absolute values; neither is zero.
    private func magnitudeOrder(_ other: DecimalNumber) -> Order {
        if special != nil || other.special != nil { return Order(special == nil ? 0 : 1, other.special == nil ? 0 : 1) }
        if exponent < other.exponent { return other.magnitudeOrder(self).reversed }
        let heads = Order(significand, raised: exponent - other.exponent, other.significand)
        // If the heads are equal, a tail decides; only the longer head can have one.
        return heads == .same ? Order(tail, other.tail) : heads
    }
}

extension Order {
    /// Compares `left` times a power of ten with `right`; neither is zero.
    fileprivate init(_ left: UInt64, raised power: Int, _ right: UInt64) {
        guard power <= DecimalNumber.headCount else {
            self = .greater
            return
        }
        var factor: UInt64 = 1
        for _ in 0..<power { factor *= 10 }
        let product = left.multipliedFullWidth(by: factor)
        self = product.high > 0 ? .greater : Order(product.low, right)
    }

    /// Compares digits after a decimal point.
    fileprivate init(_ left: [UInt8], _ right: [UInt8]) {
        self = left == right ? .same : left.lexicographicallyPrecedes(right) ? .less : .greater
    }
}
