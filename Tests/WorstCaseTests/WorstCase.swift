import Glibc
import Testing

/// What reading bytes from outside costs where they are as bad as their limits let them be.
///
/// CPU time of the thread. Where others share the machine's cores and caches, a second of it does less: each figure is
/// corrected by how long a work that is always the same takes beside it. In a release build nothing may cost more than
/// 50 ms (`scripts/worst-cases`, which prints the figures); a debug build is some fifty times slower, and what grows with
/// a square is slower than that.
enum WorstCase {
    #if DEBUG
        static let milliseconds = 5000.0
        /// Documents that cost what their length costs are shorter, lest the tests take minutes.
        static let share = 8
    #else
        static let milliseconds = 50.0
        static let share = 1
    #endif

    /// Measures the second run and, while that is too much, up to three further ones: the first makes tables and
    /// dictionaries that stay, and whatever else is at work on the machine makes others slow. The quickest counts.
    ///
    /// - Parameter most: milliseconds in a release build, where not even the usual ones may be spent.
    static func check(
        _ name: String, perMegabyteOf byteCount: Int? = nil, most: Double? = nil,
        sourceLocation: SourceLocation = #_sourceLocation, _ read: () throws -> Void
    ) {
        let most = share == 1 ? most ?? milliseconds : max(milliseconds, (most ?? 0) * 20)
        let scale = byteCount.map { 1_000_000 / Double($0) } ?? 1
        var cost = Double.infinity
        for run in 0..<5 where run < 2 || cost >= most {
            let before = reference()
            let start = clock()
            // What is refused costs as well, and what is taken is none of these tests' business.
            try? read()
            let time = clock() - start
            if run > 0 { cost = min(cost, time * scale * share(ofMachine: min(before, reference()))) }
        }
        let unit = byteCount == nil ? "ms" : "ms/MB"
        print("\(name): \((cost * 100).rounded() / 100) \(unit)")
        #expect(cost < most, "\(name)", sourceLocation: sourceLocation)
    }

    /// How much of what it does when it is alone the machine does now; at most 1.
    private static func share(ofMachine milliseconds: Double) -> Double {
        min(1, referenceMilliseconds / milliseconds)
    }

    #if DEBUG
        private static let referenceMilliseconds = Double.infinity
    #else
        /// What ``reference()`` takes on the machine that the targets were set on, while nothing else runs there.
        private static let referenceMilliseconds = 0.35
    #endif

    /// Milliseconds that a work takes which is like that of parsers: small texts, arrays and a dictionary.
    private static func reference() -> Double {
        let start = clock()
        var words: [String: [UInt8]] = [:]
        for number in 0..<2000 { words["a name of \(number)"] = Array("a text of \(number)".utf8) }
        let isRight = words.values.reduce(0) { $0 + $1.count } > 0
        return isRight ? clock() - start : .infinity
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
