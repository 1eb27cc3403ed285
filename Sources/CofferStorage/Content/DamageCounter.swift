import Synchronization

/// Counts the reads that found stored bytes missing or changed.
final class DamageCounter: Sendable {
    private let reads = Atomic<Int>(0)

    var count: Int { reads.load(ordering: .relaxed) }

    func counting<Value>(_ read: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        do throws(StorageError) {
            return try read()
        } catch {
            if case .damaged = error { reads.add(1, ordering: .relaxed) }
            throw error
        }
    }
}
