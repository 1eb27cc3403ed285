import CofferModel
import CofferTransfer

/// The totals that a command on folders ends with.
struct RunSummary {
    let totals: RunTotals
    let kind: TransferKind
    let seconds: Double
    let isDryRun: Bool

    /// `uploaded 12 objects, 3.4 MiB in 0.8 s (4.2 MiB/s); 1 deleted; 30 unchanged; 1 failed`.
    var line: String {
        guard totals.doneCount + totals.failedCount > 0 || totals.unchangedCount == 0 else {
            return "nothing to \(kind.rawValue): "
                + (totals.unchangedCount == 1
                    ? "1 object is the same" : "\(totals.unchangedCount) objects are the same")
        }
        let objects = totals.transferredCount == 1 ? "1 object" : "\(totals.transferredCount) objects"
        let size = ByteCounts.text(totals.byteCount)
        guard !isDryRun else { return "(dry run) would \(kind.rawValue) \(objects), \(size)\(others)" }
        return "\(kind.past) \(objects), \(size) in \(time)\(rate)\(others)"
    }

    var members: [(name: String, value: JSONText?)] {
        [
            ("Action", .string("total")), ("Objects", .number(totals.transferredCount)),
            ("Size", .number(totals.byteCount)), ("Deleted", .number(totals.deletedCount)),
            ("Unchanged", .number(totals.unchangedCount)), ("Failed", .number(totals.failedCount)),
            ("Seconds", .decimal((seconds * 1000).rounded() / 1000)), ("DryRun", isDryRun ? .bool(true) : nil),
        ]
    }

    private var others: String {
        let counts = [
            (totals.deletedCount, isDryRun ? "to delete" : "deleted"), (totals.unchangedCount, "unchanged"),
            (totals.failedCount, "failed"),
        ]
        return counts.filter { $0.0 > 0 }.map { "; \($0.0) \($0.1)" }.joined()
    }

    private var rate: String {
        guard totals.byteCount > 0, seconds > 0 else { return "" }
        return " (\(ByteCounts.text(Int64(min(Double(totals.byteCount) / seconds, 1e18))))/s)"
    }

    /// The duration, such as `0.4 s`, or `2:05` from one minute on.
    private var time: String {
        guard seconds < 60 else { return ProgressBar.clock(Int64(seconds)) }
        let tenths = Int64((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

extension TransferKind {
    fileprivate var past: String {
        switch self {
        case .upload: "uploaded"
        case .download: "downloaded"
        case .copy: "copied"
        case .move: "moved"
        }
    }
}
