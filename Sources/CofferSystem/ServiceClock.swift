import Synchronization

/// The clock of a service. Every time-dependent rule uses it, so that tests can set and move it.
public struct ServiceClock: Sendable {
    private let readMilliseconds: @Sendable () -> Int64
    private let readNanoseconds: @Sendable () -> Int64

    /// The system's clocks.
    public static let system = ServiceClock(
        milliseconds: { SystemTime.milliseconds }, nanoseconds: { SystemTime.nanoseconds })

    /// - Parameters:
    ///   - milliseconds: since 1970-01-01T00:00:00Z. May jump in both directions.
    ///   - nanoseconds: since an arbitrary time. Never goes back.
    public init(
        milliseconds: @escaping @Sendable () -> Int64, nanoseconds: @escaping @Sendable () -> Int64
    ) {
        readMilliseconds = milliseconds
        readNanoseconds = nanoseconds
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var milliseconds: Int64 { readMilliseconds() }

    /// Nanoseconds since an arbitrary time, for measuring durations.
    public var nanoseconds: Int64 { readNanoseconds() }
}

/// A clock that stands still until it is moved, for tests.
public final class SettableClock: Sendable {
    private let state: Mutex<State>

    private struct State {
        var milliseconds: Int64
        var nanoseconds: Int64 = 0
    }

    /// - Parameter milliseconds: since 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { state = Mutex(State(milliseconds: milliseconds)) }

    /// The clock that a service reads.
    public var clock: ServiceClock {
        ServiceClock(
            milliseconds: { self.state.withLock { $0.milliseconds } },
            nanoseconds: { self.state.withLock { $0.nanoseconds } })
    }

    /// Moves the clock forward.
    public func advance(seconds: Int64) {
        precondition(seconds >= 0, "a clock that measures durations never goes backwards")
        state.withLock { state in
            state.milliseconds += seconds * 1000
            state.nanoseconds += seconds * 1_000_000_000
        }
    }
}

/// Measures a duration.
public struct Stopwatch: Sendable {
    private let clock: ServiceClock
    private let start: Int64

    /// Starts a stopwatch that reads a clock.
    public init(_ clock: ServiceClock = .system) {
        self.clock = clock
        start = clock.nanoseconds
    }

    /// The time since the stopwatch was created.
    public var elapsed: Duration { .nanoseconds(nanoseconds) }

    /// The time since the stopwatch was created, in nanoseconds.
    public var nanoseconds: Int64 { clock.nanoseconds - start }
}
