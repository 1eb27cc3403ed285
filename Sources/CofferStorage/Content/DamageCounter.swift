import Synchronization

/// Counts the reads that found stored bytes missing or changed.
final class DamageCounter: Sendable {
    private let reads = Atomic<Int>(0)

    var count: Int { reads.load(ordering: .relaxed) }

    func counting<Value>(_ read: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        do throws(StorageError) {
            return try read()
        } catch {
            count(error)
            throw error
        }
    }

    func counting<Value>(_ read: () async throws(StorageError) -> Value) async throws(StorageError) -> Value {
        do throws(StorageError) {
            return try await read()
        } catch {
            count(error)
            throw error
        }
    }

    private func count(_ error: StorageError) {
        if case .damaged = error { reads.add(1, ordering: .relaxed) }
    }
}
