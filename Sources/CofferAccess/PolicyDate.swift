import CofferModel

/// The dates of conditions: the W3C profile of ISO 8601, or seconds since 1970.
///
/// Source: IAM User Guide, "Date condition operators"; W3C NOTE-datetime.
enum PolicyDate {
    static func parse(_ text: String) -> Timestamp? {
        if let seconds = Int64(text) { return Timestamp(seconds: seconds) }
        if let date = Timestamp(parsing: text) { return date }
        let halves = text.split(at: "T", maxSplits: 1, keepingEmpty: true)
        guard let day = day(halves[0]) else { return nil }
        guard halves.count == 2 else { return Timestamp(parsing: "\(day)T00:00:00Z") }
        guard let (clock, offset) = clock(halves[1]), let date = Timestamp(parsing: "\(day)T\(clock)Z") else {
            return nil
        }
        return Timestamp(seconds: date.seconds - offset)
    }

    /// Completes a date such as `2026-11` or `2026-11-23` to a day.
    private static func day(_ text: Substring) -> String? {
        let parts = text.split(at: "-", keepingEmpty: true)
        guard (2...3).contains(parts.count), parts[0].utf8.count == 4 else { return nil }
        return parts.count == 2 ? "\(text)-01" : String(text)
    }

    /// Reads a time such as `21:56` or `21:56:00`, with `Z` or an offset such as `+01:00`, which is returned in
    /// seconds.
    private static func clock(_ text: Substring) -> (clock: String, offset: Int64)? {
        guard let zone = text.utf8.firstIndex(where: { "Z+-".utf8.contains($0) }) else { return nil }
        let clock = text[..<zone]
        let whole = clock.split(at: ":", keepingEmpty: true).count == 2 ? "\(clock):00" : String(clock)
        if text[zone...] == "Z" { return (whole, 0) }
        let parts = text[text.utf8.index(after: zone)...].split(at: ":", keepingEmpty: true)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hours = Int64(parts[0]), let minutes = Int64(parts[1]), hours < 24, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return (whole, text[zone...].utf8.first == UInt8(ascii: "-") ? -seconds : seconds)
    }
}
