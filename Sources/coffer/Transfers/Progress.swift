import CofferSystem
import Glibc
import Synchronization

/// The progress of all transfers of a command.
final class Progress: Sendable {
    private let watch = Stopwatch()
    private let state = Mutex(Totals())

    struct Totals: Sendable {
        var fileCount = 0
        var doneFileCount = 0
        var byteCount: Int64 = 0
        var doneByteCount: Int64 = 0
        /// Whether everything to be done has been found.
        var isComplete = false
        /// Whether the byte count of everything found is known.
        var isByteCountKnown = true
        /// Recent samples of the bytes done, beginning with zero at the start.
        fileprivate var samples: [(time: Duration, byteCount: Int64)] = [(.zero, 0)]
    }

    private static let sampleCount = 20

    var totals: Totals { state.withLock { $0 } }

    /// Counts something to be done; nil for an unknown length.
    func found(_ byteCount: Int64?) {
        state.withLock { state in
            state.fileCount += 1
            if let byteCount { state.byteCount += byteCount } else { state.isByteCountKnown = false }
        }
    }

    /// Adds to the bytes done; negative for bytes that must be transferred again.
    func add(_ byteCount: Int64) { state.withLock { $0.doneByteCount += byteCount } }

    func end() { state.withLock { $0.doneFileCount += 1 } }

    func foundAll() { state.withLock { $0.isComplete = true } }

    /// Returns the current totals, and records them as a sample for the rate.
    func sample() -> Totals {
        state.withLock { state in
            state.samples.append((watch.elapsed, state.doneByteCount))
            if state.samples.count > Self.sampleCount { state.samples.removeFirst() }
            return state
        }
    }
}

extension Progress.Totals {
    /// The rate over the last few seconds.
    var bytesPerSecond: Double {
        guard let first = samples.first, let last = samples.last, last.time > first.time else { return 0 }
        return Double(last.byteCount - first.byteCount) / ((last.time - first.time) / .seconds(1))
    }

    /// The estimated time left in whole seconds; nil while it is unknown.
    var secondsLeft: Int64? {
        let rate = bytesPerSecond
        guard isComplete, isByteCountKnown, rate >= 1 else { return nil }
        return Int64(min((Double(max(0, byteCount - doneByteCount)) / rate).rounded(.up), 8_640_000))
    }
}

/// A progress bar on one line of a terminal.
struct ProgressBar: Sendable {
    /// Returns `[=====>    ]  45%  123 MiB of 273 MiB  56.1 MiB/s  0:03 left  (3 of 12)`, or as much of it as fits.
    func text(_ totals: Progress.Totals) -> String {
        let width = Self.terminalWidth - 1
        var text = ByteCounts.text(totals.doneByteCount)
        if totals.isByteCountKnown {
            text += " of \(ByteCounts.text(totals.byteCount))\(totals.isComplete ? "" : " or more")"
        }
        text += "  \(ByteCounts.text(Int64(max(0, totals.bytesPerSecond))))/s"
        if let seconds = totals.secondsLeft { text += "  \(Self.clock(seconds)) left" }
        if totals.fileCount > 1 { text += "  (\(totals.doneFileCount) of \(totals.fileCount))" }
        if totals.isByteCountKnown, totals.byteCount > 0 {
            let fraction = min(1, max(0, Double(totals.doneByteCount) / Double(totals.byteCount)))
            let percent = String(Int(fraction * 100))
            text = String(repeating: " ", count: 3 - percent.count) + percent + "%  " + text
            let room = min(40, width - text.count - 4)
            if room >= 8 { text = Self.bar(fraction, width: room) + " " + text }
        }
        return String(text.prefix(max(0, width)))
    }

    private static func bar(_ fraction: Double, width: Int) -> String {
        let done = Int(fraction * Double(width))
        let head = done < width ? ">" : ""
        let filled = String(repeating: "=", count: done) + head
        return "[" + filled + String(repeating: " ", count: width - filled.count) + "]"
    }

    /// Returns a duration such as `0:03` or `1:02:03`.
    static func clock(_ seconds: Int64) -> String {
        let two = { (number: Int64) in (number < 10 ? "0" : "") + String(number) }
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
    }

    /// The terminal's width in columns; 80 if it does not report one.
    private static var terminalWidth: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
