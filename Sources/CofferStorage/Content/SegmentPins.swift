import Synchronization

/// Segments that are being read and must be kept, even if they are no longer referenced.
///
/// They are known only to this process. Where several processes collect garbage from one catalog, a segment has to wait
/// until no process can be reading it.
final class SegmentPins: Sendable {
    private let state = Mutex(State())

    private struct State {
        var counts: [SegmentID: Int] = [:]
        /// Whether segments have been waiting for their pins since pins were last released.
        var isAwaited = false
    }

    func pin(_ segments: [SegmentID]) {
        state.withLock { state in
            for segment in segments { state.counts[segment, default: 0] += 1 }
        }
    }

    /// - Returns: whether pinned segments were waiting to be removed.
    func unpin(_ segments: [SegmentID]) -> Bool {
        state.withLock { state in
            for segment in segments {
                let rest = state.counts[segment, default: 1] - 1
                state.counts[segment] = rest == 0 ? nil : rest
            }
            defer { state.isAwaited = false }
            return state.isAwaited
        }
    }

    /// Returns the segments that may be removed now.
    func unpinned(_ segments: [SegmentID]) -> [SegmentID] {
        state.withLock { state in
            let free = segments.filter { state.counts[$0] == nil }
            if free.count < segments.count { state.isAwaited = true }
            return free
        }
    }
}

/// Keeps segments for its own lifetime.
final class SegmentPin: Sendable {
    private let segments: [SegmentID]
    private let pins: SegmentPins
    private let onRelease: @Sendable () -> Void

    /// - Parameter onRelease: called when segments were waiting for this pin to be removed.
    init(_ segments: [SegmentID], pins: SegmentPins, onRelease: @escaping @Sendable () -> Void) {
        self.segments = segments
        self.pins = pins
        self.onRelease = onRelease
        pins.pin(segments)
    }

    deinit {
        if pins.unpin(segments) { onRelease() }
    }
}
