import CofferModel
import CofferSystem
import Synchronization

/// The running totals of a command that transfers folders, for the line that it ends with.
final class Tally: Sendable {
    private let state = Mutex(State())
    private let watch = Stopwatch()
    /// `upload`, `download`, `copy` or `move`.
    private let verb: String
    private let isDryRun: Bool

    private struct State {
        var transferredCount = 0
        var byteCount: Int64 = 0
        var deletedCount = 0
        var unchangedCount = 0
    }

    init(verb: String, isDryRun: Bool) {
        self.verb = verb
        self.isDryRun = isDryRun
    }

    func transferred(_ byteCount: Int64?) {
        state.withLock { state in
            state.transferredCount += 1
            state.byteCount += byteCount ?? 0
        }
    }

    func deleted() { state.withLock { $0.deletedCount += 1 } }
    func unchanged() { state.withLock { $0.unchangedCount += 1 } }

    // MARK: The end

    /// `uploaded 12 objects, 3.4 MiB in 0.8 s (4.2 MiB/s); 1 deleted; 30 unchanged; 1 failed`.
    func line(failedCount: Int) -> String {
        let state = state.withLock { $0 }
        let deleted = isDryRun ? "to delete" : "deleted"
        let others = [(state.deletedCount, deleted), (state.unchangedCount, "unchanged"), (failedCount, "failed")]
            .filter { $0.0 > 0 }.map { "; \($0.0) \($0.1)" }.joined()
        let size = ByteCounts.text(state.byteCount)
        let objects = state.transferredCount == 1 ? "1 object" : "\(state.transferredCount) objects"
        if state.transferredCount + state.deletedCount + failedCount == 0, state.unchangedCount > 0 {
            return "nothing to \(verb): "
                + (state.unchangedCount == 1 ? "1 object is the same" : "\(state.unchangedCount) objects are the same")
        }
        guard !isDryRun else { return "(dry run) would \(verb) \(objects), \(size)\(others)" }
        let seconds = seconds
        let rate = seconds > 0 ? " (\(ByteCounts.text(Int64(min(Double(state.byteCount) / seconds, 1e18))))/s)" : ""
        return "\(Self.past[verb] ?? verb) \(objects), \(size) in \(Self.text(seconds))"
            + (state.byteCount > 0 ? rate : "") + others
    }

    func members(failedCount: Int) -> [(name: String, value: JSONText?)] {
        let state = state.withLock { $0 }
        return [
            ("Action", .string("total")), ("Objects", .number(state.transferredCount)),
            ("Size", .number(state.byteCount)), ("Deleted", .number(state.deletedCount)),
            ("Unchanged", .number(state.unchangedCount)), ("Failed", .number(failedCount)),
            ("Seconds", .decimal((seconds * 1000).rounded() / 1000)), ("DryRun", isDryRun ? .bool(true) : nil),
        ]
    }

    private static let past = [
        "upload": "uploaded", "download": "downloaded", "copy": "copied", "move": "moved",
    ]

    private var seconds: Double { watch.elapsed / .seconds(1) }

    /// Returns a duration such as `0.4 s`, or `2:05` from one minute on.
    private static func text(_ seconds: Double) -> String {
        guard seconds < 60 else { return ProgressBar.clock(Int64(seconds)) }
        let tenths = Int64((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
