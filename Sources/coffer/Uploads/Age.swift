import CofferModel
import CofferSystem

/// The minimum age of something, such as `7d`, `12h` or `1d12h`.
struct Age: Sendable {
    /// The latest start time that is old enough; nil if every time is.
    private let latest: Timestamp?

    /// - Throws: ``UsageError`` for a value of another form.
    init(_ options: Options, _ name: String, now: Timestamp = ServiceClock.system.time) throws {
        guard let text = options[name] else {
            latest = nil
            return
        }
        guard let seconds = Self.seconds(text) else {
            throw options.usage("--\(name) \(text): the form is 90s, 30m, 12h, 7d, 2w or 1d12h")
        }
        latest = Timestamp(milliseconds: now.milliseconds - seconds * 1000)
    }

    /// Returns whether a start time is old enough. With a minimum age, an unknown time never is.
    func includes(_ time: Timestamp) -> Bool { latest.map { time.milliseconds > 0 && time <= $0 } ?? true }

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]

    /// - Returns: nil for a text of another form, and for more than a thousand years.
    static func seconds(_ text: String) -> Int64? {
        var total: Int64 = 0
        var rest = text[...]
        while !rest.isEmpty {
            let digits = rest.prefix { "0"..."9" ~= $0 }
            rest = rest.dropFirst(digits.count)
            guard digits.count <= 11, let number = Int64(digits), let letter = rest.popFirst(),
                let unit = units[letter]
            else { return nil }
            total += number * unit
            guard total < 1000 * 366 * 86_400 else { return nil }
        }
        return text.isEmpty ? nil : total
    }
}
