import CofferSystem
import Synchronization

/// Remembers which stretches of segments were verified lately, so that a segment that is read often is not verified each
/// time.
///
/// What is remembered belongs to the status of the file: a file that was written, replaced or moved since is verified
/// again. So is every file after ten minutes at the latest, because a disk that loses bytes does not say so. Nothing is
/// remembered beyond the process.
final class VerifiedStretches: Sendable {
    private let clock: ServiceClock
    private let state: Mutex<State>

    private struct State {
        /// What was verified since `began`, and what was verified before, to be forgotten first. Being read again does
        /// not move anything from one to the other.
        var recent: [SegmentID: Segment] = [:]
        var older: [SegmentID: Segment] = [:]
        /// In nanoseconds of the clock.
        var began: Int64

        mutating func forgetOld(at now: Int64) {
            let period = StorageLimits.verifiedSeconds * 1_000_000_000 / 2
            let age = now - began
            guard age >= period || recent.count >= StorageLimits.verifiedSegments / 2 else { return }
            older = age < 2 * period ? recent : [:]
            recent = [:]
            began = now
        }
    }

    private struct Segment {
        let status: FileStatus
        private var words: [UInt64] = []

        init(status: FileStatus) { self.status = status }

        func contains(_ stretch: Int, _ status: FileStatus) -> Bool {
            let word = stretch / 64
            return status == self.status && word < words.count && words[word] >> UInt64(stretch % 64) & 1 == 1
        }

        mutating func insert(_ stretch: Int) {
            let word = stretch / 64
            if word >= words.count { words += Array(repeating: 0, count: word + 1 - words.count) }
            words[word] |= 1 << UInt64(stretch % 64)
        }
    }

    init(clock: ServiceClock) {
        self.clock = clock
        state = Mutex(State(began: clock.nanoseconds))
    }

    /// The number of segments of which something is remembered; one of them may be counted twice.
    var count: Int { state.withLock { $0.recent.count + $0.older.count } }

    /// - Parameter status: the file's status now.
    func contains(_ stretches: Range<Int>, of segment: SegmentID, _ status: FileStatus) -> Bool {
        guard !stretches.isEmpty else { return true }
        let now = clock.nanoseconds
        return state.withLock { state in
            state.forgetOld(at: now)
            let (recent, older) = (state.recent[segment], state.older[segment])
            return stretches.allSatisfy { stretch in
                recent?.contains(stretch, status) == true || older?.contains(stretch, status) == true
            }
        }
    }

    /// - Parameter status: the file's status before the stretch was read.
    func insert(_ stretch: Int, of segment: SegmentID, _ status: FileStatus) {
        let now = clock.nanoseconds
        state.withLock { state in
            state.forgetOld(at: now)
            if state.recent[segment]?.status != status { state.recent[segment] = Segment(status: status) }
            state.recent[segment]?.insert(stretch)
        }
    }
}
