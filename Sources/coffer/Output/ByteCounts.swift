/// Numbers of bytes as people write and read them.
enum ByteCounts {
    private static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

    /// Returns a short number with a binary unit: `512 B`, `1.5 MiB`, `1023 KiB`.
    static func text(_ byteCount: Int64) -> String {
        var value = Double(byteCount)
        var unit = 0
        while value >= 1023.95, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        guard unit > 0 else { return "\(byteCount) B" }
        let tenths = Int64((value * 10).rounded())
        return tenths < 1000 ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\((tenths + 5) / 10) \(units[unit])"
    }

    /// Reads `8388608`, `8M`, `8MB` and `8MiB`, which are all the same: units are binary, as in AWS's tools.
    ///
    /// - Returns: nil for anything else, and beyond 8 EiB.
    static func number(_ text: String) -> Int64? {
        let digits = text.utf8.prefix { (48...57).contains($0) }
        let unit = String(Substring(text.utf8.dropFirst(digits.count))).uppercased()
        guard let value = Int64(Substring(digits)) else { return nil }
        for (power, name) in units.enumerated() {
            let names = power == 0 ? ["", "B"] : [String(name.prefix(1)), "\(name.prefix(1))B", name.uppercased()]
            guard names.contains(unit) else { continue }
            let (product, overflows) = value.multipliedReportingOverflow(by: 1 << (10 * Int64(power)))
            return overflows ? nil : product
        }
        return nil
    }
}
