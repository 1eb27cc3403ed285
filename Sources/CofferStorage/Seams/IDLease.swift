import Synchronization

/// Numbers that a process may assign, which no other process ever does, not even after a crash.
///
/// The upper 23 bits count the leases, which the catalog stores before the first number of a lease is assigned; the
/// lower 40 bits count the numbers within it.
final class IDLease: Sendable {
    private let number: Int64
    private let last: Atomic<Int64>
    private static let bitsWithinLease: Int64 = 40

    /// - Parameter number: the number of leases so far, this one included.
    init(number: Int64) {
        precondition((1..<(1 << 23)).contains(number), "a store can be opened eight million times")
        self.number = number
        last = Atomic(number << Self.bitsWithinLease)
    }

    func next() -> Int64 { last.add(1, ordering: .relaxed).newValue }

    /// Where an id stands in relation to this lease.
    func age(of id: Int64) -> Age {
        let other = id >> Self.bitsWithinLease
        return other < number ? .earlier : other > number ? .later : .current
    }

    enum Age: Sendable {
        case earlier
        case current
        /// Of a lease that the catalog has not made.
        case later
    }
}
