import Synchronization

/// Ascending numbers that are never repeated, not even after a crash.
///
/// The upper 23 bits count how often the store was opened, which is stored before the first number is returned; the
/// lower 40 bits count the numbers since then.
final class IDSequence: Sendable {
    let epoch: Int64
    private let last: Atomic<Int64>
    private static let bitsWithinEpoch: Int64 = 40

    init(epoch: Int64) {
        precondition((1..<(1 << 23)).contains(epoch), "a store can be opened eight million times")
        self.epoch = epoch
        last = Atomic(epoch << Self.bitsWithinEpoch)
    }

    static func epoch(of id: Int64) -> Int64 { id >> bitsWithinEpoch }

    func next() -> Int64 {
        last.add(1, ordering: .relaxed).newValue
    }
}
