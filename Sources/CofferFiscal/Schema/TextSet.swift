/// Texts among which a cell is looked for, in time that does not grow with their number.
struct TextSet: Sendable {
    private let texts: [[UInt8]]
    /// A bit for every length that one of them has; the last one for that length and longer ones.
    private let lengths: UInt64
    /// By their hash; empty where looking at each is quicker.
    private let buckets: [Int: [[UInt8]]]

    /// So many are looked at one after another.
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
