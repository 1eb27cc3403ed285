public import Dispatch

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The system's clocks. Rules use a ``ServiceClock`` instead.
public enum SystemTime {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public static var milliseconds: Int64 { read(CLOCK_REALTIME) / 1_000_000 }

    /// Nanoseconds since the system started. Never goes back.
    public static var nanoseconds: Int64 { read(CLOCK_MONOTONIC) }

    /// The processor time of the calling thread, in nanoseconds.
    public static var threadNanoseconds: Int64 { read(CLOCK_THREAD_CPUTIME_ID) }

    /// Runs a closure later on a system thread.
    public static func after(seconds: Double, _ work: @escaping @Sendable () -> Void) {
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: work)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension DispatchSemaphore {
    /// Waits for a signal.
    ///
    /// - Returns: false if no signal came in time.
    public func wait(seconds: Double) -> Bool { wait(timeout: .now() + seconds) == .success }
}
