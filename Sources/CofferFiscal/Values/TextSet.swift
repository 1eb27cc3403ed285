/// A set of texts in which cells are looked up, in time that does not grow with the number of texts.
struct TextSet: Sendable {
    let texts: [[UInt8]]
    /// One bit for every length in the set; the last bit stands for its length and all greater ones.
    private let lengths: UInt64
    /// The texts by hash; empty if a linear search is faster.
    private let buckets: [Int: [[UInt8]]]

    /// The largest number of texts for a linear search.
    private static let fewCount = 8

    init(_ texts: [[UInt8]]) {
        self.texts = texts
        lengths = texts.reduce(0) { $0 | Self.bit($1.count) }
        let isFew = texts.count <= Self.fewCount
        buckets = isFew ? [:] : Dictionary(grouping: Set(texts)) { text in text.withUnsafeBytes(Self.hash) }
    }

    @inline(__always)
    func contains(_ cell: Cell) -> Bool { lengths & Self.bit(cell.count) != 0 && isThere(cell) }

    private func isThere(_ cell: Cell) -> Bool {
        let candidates = buckets.isEmpty ? texts : buckets[Self.hash(UnsafeRawBufferPointer(cell))] ?? []
        return candidates.contains { cell.elementsEqual($0) }
    }

    @inline(__always)
    private static func bit(_ count: Int) -> UInt64 { 1 << UInt64(min(count, 63)) }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
    }
}
