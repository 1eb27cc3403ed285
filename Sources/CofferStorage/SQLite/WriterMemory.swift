/// What the catalog's only writer knows of the catalog, so that transactions need not ask. A transaction works with a copy,
/// which is kept only if it is committed.
struct WriterMemory: Sendable {
    /// The last number in the order of writes.
    private var sequence: Int64
    /// The number that the catalog has: no higher one was ever assigned. It is raised by many at a time, so that few
    /// transactions write it.
    private(set) var leasedSequence: Int64
    /// Buckets that were looked up.
    private var buckets: [Int64: Bucket] = [:]
    /// Whether any upload may be in progress: most writes need not look for uploads of their key.
    var mayHaveUploads = true

    private static let leaseCount: Int64 = 1024
    private static let bucketLimit = 1024

    /// - Parameter sequence: the number that the catalog has.
    init(sequence: Int64) {
        self.sequence = sequence
        leasedSequence = sequence
    }

    mutating func nextSequence() -> Int64 {
        if sequence == leasedSequence { leasedSequence += Self.leaseCount }
        sequence += 1
        return sequence
    }

    func bucket(_ id: Int64) -> Bucket? { buckets[id] }

    mutating func keep(_ bucket: Bucket) {
        if buckets.count == Self.bucketLimit { buckets.removeAll() }
        buckets[bucket.id] = bucket
    }

    mutating func forget(_ bucket: Bucket) { buckets[bucket.id] = nil }
}
