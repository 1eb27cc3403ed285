import Synchronization

/// Counters by operation.
package final class Metrics: Sendable {
    private let operations = Mutex<[String: Counters]>([:])

    /// Upper bounds of the latency histogram, in microseconds.
    package static let bounds: [Int64] = [
        100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000,
    ]

    package struct Counters: Sendable {
        package fileprivate(set) var byStatus: [Int: Int64] = [:]
        package fileprivate(set) var bytesIn: Int64 = 0
        package fileprivate(set) var bytesOut: Int64 = 0
        package fileprivate(set) var buckets = [Int64](repeating: 0, count: bounds.count)
        package fileprivate(set) var count: Int64 = 0
        package fileprivate(set) var microseconds: Int64 = 0

        fileprivate mutating func add(_ record: AccessRecord) {
            byStatus[record.status ?? 0, default: 0] += 1
            bytesIn += record.bytesIn
            bytesOut += record.bytesOut
            count += 1
            microseconds += record.microseconds
            for index in bounds.indices where record.microseconds <= bounds[index] {
                buckets[index] += 1
                break
            }
        }
    }

    /// The counters by the operations' names.
    package var counters: [String: Counters] { operations.withLock { $0 } }

    func count(_ record: AccessRecord) {
        operations.withLock { $0[record.operation, default: Counters()].add(record) }
    }
}
