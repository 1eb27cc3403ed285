import CofferSystem
import Synchronization

/// A meter that adds up the progress of a transfer's parts, and reports it ten times a second and at the end.
final class ProgressMeter: Sendable {
    private let totalByteCount: Int64?
    private let report: (@Sendable (TransferProgress) -> Void)?
    private let watch = Stopwatch()
    private let state = Mutex(State())

    private static let interval = Duration.milliseconds(100)

    private struct State {
        var byteCounts: [Int: Int64] = [:]
        var sum: Int64 = 0
        /// The part of the sum that already existed before the transfer.
        var foundCount: Int64 = 0
        var lastReport: Duration?
    }

    init(of totalByteCount: Int64?, _ report: (@Sendable (TransferProgress) -> Void)?) {
        self.totalByteCount = totalByteCount
        self.report = report
    }

    /// Sets how many bytes of a part are done, which may be fewer than before if the part is sent again.
    func set(_ part: Int, _ byteCount: Int64) {
        guard let report else { return }
        let now = watch.elapsed
        let progress = state.withLock { state -> TransferProgress? in
            state.sum += byteCount - (state.byteCounts.updateValue(byteCount, forKey: part) ?? 0)
            if let last = state.lastReport, now - last < Self.interval { return nil }
            state.lastReport = now
            return self.progress(of: state)
        }
        if let progress { report(progress) }
    }

    /// Counts a part that already existed.
    func found(_ part: Int, _ byteCount: Int64) {
        state.withLock { $0.foundCount += byteCount }
        set(part, byteCount)
    }

    /// Reports the final progress.
    func finish() {
        guard let report else { return }
        report(state.withLock { progress(of: $0) })
    }

    private func progress(of state: State) -> TransferProgress {
        let seconds = watch.elapsed / .seconds(1)
        return TransferProgress(
            byteCount: state.sum, totalByteCount: totalByteCount,
            bytesPerSecond: seconds > 0 ? Double(state.sum - state.foundCount) / seconds : 0)
    }
}
