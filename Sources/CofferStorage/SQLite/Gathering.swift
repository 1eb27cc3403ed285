#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whether the writer waits for further changes before the next transaction, so that they share its sync.
///
/// While a transaction is committed, changes gather, but most callers are then waiting for that commit: without a pause,
/// two halves of the callers would take turns, each with a sync of its own. The writer waits only after it had several
/// callers at once, only while they come, and never for longer than a few commits take.
struct Gathering {
    /// Nothing is waited for once there are so many.
    private let wanted: Int
    private let limit: Duration
    /// After a pause without a new change, no more are expected.
    private let pause: Duration
    private var pending: Int

    /// Fewer callers at once never wait.
    private static let fewestCallers = 4
    private static let longest = Duration.milliseconds(8)
    private static let shortestPause = Duration.microseconds(150)

    /// - Parameters:
    ///   - committed: the number of changes in the last transaction.
    ///   - pending: the number of changes that came meanwhile.
    ///   - duration: how long the last transaction took.
    init(after committed: Int, pending: Int, duration: Duration) {
        let callers = committed + pending
        wanted = callers < Self.fewestCallers ? 0 : callers * 3 / 4
        limit = min(duration * 4, Self.longest)
        pause = min(max(duration / 4, Self.shortestPause), limit)
        self.pending = pending
    }

    /// Whether to pause before the next transaction.
    var isUseful: Bool { pending < wanted && limit > Self.shortestPause }

    /// Pauses, on the calling thread.
    func wait() {
        // The pause is less than a second. It may be shorter, if a signal arrives.
        var time = timespec(tv_sec: 0, tv_nsec: Int(pause.components.attoseconds / 1_000_000_000))
        nanosleep(&time, nil)
    }

    /// Decides whether to pause again.
    ///
    /// - Parameter pending: the number of changes that wait now, after a pause.
    mutating func goesOn(pending: Int, elapsed: Duration) -> Bool {
        defer { self.pending = pending }
        return pending > self.pending && pending < wanted && elapsed < limit
    }
}
