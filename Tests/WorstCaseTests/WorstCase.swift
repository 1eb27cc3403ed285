import Glibc
import Testing

/// What reading bytes from outside costs where they are as bad as their limits let them be.
///
/// CPU time of the thread, so that a busy machine changes little. In a release build nothing may cost more than 50 ms
/// (`scripts/worst-cases`, which prints the figures); a debug build is some
/// fifty times slower, and what grows with a square is slower than that.
enum WorstCase {
    #if DEBUG
        static let milliseconds = 5000.0
        /// Documents that cost what their length costs are shorter, lest the tests take minutes.
        static let share = 8
    #else
        static let milliseconds = 50.0
        static let share = 1
    #endif

    /// Measures the second of two runs, since the first makes tables and dictionaries that stay.
    static func check(
        _ name: String, perMegabyteOf byteCount: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation,
        _ read: () throws -> Void
    ) {
        var cost = 0.0
        for _ in 0..<2 {
            let start = clock()
            // What is refused costs as well, and what is taken is none of these tests' business.
            try? read()
            cost = clock() - start
        }
        if let byteCount { cost *= 1_000_000 / Double(byteCount) }
        let unit = byteCount == nil ? "ms" : "ms/MB"
        print("\(name): \((cost * 100).rounded() / 100) \(unit)")
        #expect(cost < milliseconds, "\(name)", sourceLocation: sourceLocation)
    }

    private static func clock() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
    }
}

/// A text again and again, up to a number of bytes.
func fill(_ byteCount: Int, _ text: String) -> String {
    String(repeating: text, count: max(0, byteCount / text.utf8.count))
}

/// Two marks that stand in the wrong order, so that each is moved before all others when texts are compared.
let marks = "\u{301}\u{316}"
