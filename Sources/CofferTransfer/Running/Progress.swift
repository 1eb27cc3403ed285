import CofferClient
import CofferSystem
import Synchronization

/// The progress of all transfers of a run.
package final class Progress: Sendable {
    private let watch = Stopwatch()
    private let state = Mutex(Totals())

    package struct Totals: Sendable {
        package fileprivate(set) var fileCount = 0
        package fileprivate(set) var doneFileCount = 0
        package fileprivate(set) var byteCount: Int64 = 0
        package fileprivate(set) var doneByteCount: Int64 = 0
        /// Whether everything to be done has been found.
        package fileprivate(set) var isComplete = false
        /// Whether the byte count of everything found is known.
        package fileprivate(set) var isByteCountKnown = true
        /// Recent samples of the bytes done, beginning with zero at the start.
        fileprivate var samples: [(time: Duration, byteCount: Int64)] = [(.zero, 0)]
    }

    private static let sampleCount = 20

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
    package var bytesPerSecond: Double {
        guard let first = samples.first, let last = samples.last, last.time > first.time else { return 0 }
        return Double(last.byteCount - first.byteCount) / ((last.time - first.time) / .seconds(1))
    }

    /// The estimated time left in whole seconds; nil while it is unknown.
    package var secondsLeft: Int64? {
        let rate = bytesPerSecond
        guard isComplete, isByteCountKnown, rate >= 1 else { return nil }
        return Int64(min((Double(max(0, byteCount - doneByteCount)) / rate).rounded(.up), 8_640_000))
    }
}

/// A counter that adds the bytes of one transfer to the progress of all.
final class ByteMeter: Sendable {
    private let progress: Progress
    private let byteCount = Mutex<Int64>(0)

    init(_ progress: Progress) { self.progress = progress }

    var set: @Sendable (Int64) -> Void {
        { newCount in
            let change = self.byteCount.withLock { byteCount in
                defer { byteCount = newCount }
                return newCount - byteCount
            }
            self.progress.add(change)
        }
    }

    var setProgress: @Sendable (TransferProgress) -> Void {
        { self.set($0.byteCount) }
    }
}
