import CofferTransfer
import Glibc

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
