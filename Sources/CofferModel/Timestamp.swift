public import CofferSystem

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A point in time, in whole milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Sendable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds; negative before.
    public let milliseconds: Int64

    /// Creates a time from milliseconds since 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    /// Creates a time, clamped to the years 0000 to 9999, which a date with a four-digit year can express.
    public init(seconds: Int64) { milliseconds = min(max(seconds, -62_167_219_200), 253_402_300_799) * 1000 }

    /// Whole seconds, rounded down.
    public var seconds: Int64 { milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0) }

    /// Whether one time is before another.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
}

extension ServiceClock {
    /// The current time.
    public var time: Timestamp { Timestamp(milliseconds: milliseconds) }
}
