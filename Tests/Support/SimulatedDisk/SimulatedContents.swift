/// The bytes of a simulated file, and what it takes to undo the changes since the last sync.
struct SimulatedContents: Sendable {
    private(set) var bytes: [UInt8] = []
    private var changes: [Change] = []
    /// How often it was changed so far.
    private(set) var changeCount = 0

    private static let sectorByteCount = 512

    private struct Change {
        let offset: Int
        /// The bytes that were at the offset; zeros beyond the end.
        let replaced: [UInt8]
        /// The size of the file before.
        let byteCount: Int
    }

    init() {}

    private init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func write(_ new: UnsafeRawBufferPointer, at offset: Int) {
        changeCount += 1
        let (start, end) = (min(offset, bytes.count), min(offset + new.count, bytes.count))
        let replaced = Array(bytes[start..<max(start, end)])
        changes.append(
            Change(
                offset: offset, replaced: replaced + Self.zeros(new.count - replaced.count), byteCount: bytes.count))
        if offset + new.count > bytes.count { bytes += Self.zeros(offset + new.count - bytes.count) }
        Self.copy(new, to: offset, in: &bytes)
    }

    mutating func resize(to byteCount: Int) {
        changeCount += 1
        let start = min(byteCount, bytes.count)
        changes.append(Change(offset: start, replaced: Array(bytes[start...]), byteCount: bytes.count))
        bytes.removeLast(bytes.count - start)
        bytes += Self.zeros(byteCount - start)
    }

    mutating func sync() { changes = [] }

    /// Returns the contents as a loss of power may leave them: every sector as it was at some time since the last sync,
    /// and the size as it was at some time, each on its own.
    func afterPowerLoss(using generator: inout SeededGenerator) -> SimulatedContents {
        guard !changes.isEmpty else { return self }
        switch Survival.random(using: &generator) {
        case .all: return SimulatedContents(bytes: bytes)
        case .none: return SimulatedContents(bytes: undone { _, count in count })
        case .some:
            let sizes = changes.map(\.byteCount) + [bytes.count]
            let size = sizes[Int.random(in: 0..<sizes.count, using: &generator)]
            return SimulatedContents(
                bytes: undone(to: size) { _, count in Int.random(in: 0...count, using: &generator) })
        }
    }

    /// - Parameters:
    ///   - size: the resulting size; nil for the size after the last sync.
    ///   - choose: returns how many of the last changes of a sector are undone; receives the sector and their number.
    private func undone(to size: Int? = nil, choose: (_ sector: Int, _ count: Int) -> Int) -> [UInt8] {
        var result = bytes
        let largest = changes.map { max($0.byteCount, $0.offset + $0.replaced.count) }.max() ?? 0
        result += Self.zeros(max(0, largest - bytes.count))
        var changesOfSectors: [Int: [Change]] = [:]
        for change in changes where !change.replaced.isEmpty {
            let last = change.offset + change.replaced.count - 1
            for sector in change.offset / Self.sectorByteCount...last / Self.sectorByteCount {
                changesOfSectors[sector, default: []].append(change)
            }
        }
        for (sector, changes) in changesOfSectors.sorted(by: { $0.key < $1.key }) {
            for change in changes.suffix(choose(sector, changes.count)).reversed() {
                Self.undo(change, in: &result, sector)
            }
        }
        let byteCount = size ?? changes.first?.byteCount ?? bytes.count
        result.removeLast(result.count - byteCount)
        return result
    }

    private static func undo(_ change: Change, in bytes: inout [UInt8], _ sector: Int) {
        let start = max(change.offset, sector * sectorByteCount)
        let end = min(change.offset + change.replaced.count, (sector + 1) * sectorByteCount)
        change.replaced.withUnsafeBytes { replaced in
            let part = replaced[(start - change.offset)..<(end - change.offset)]
            copy(UnsafeRawBufferPointer(rebasing: part), to: start, in: &bytes)
        }
    }

    private static func copy(_ new: UnsafeRawBufferPointer, to offset: Int, in bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<(offset + new.count)]).copyMemory(from: new)
        }
    }

    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}

/// How much of what was not synced a loss of power leaves: the extremes find as many faults as everything between.
enum Survival {
    case all
    case none
    case some

    static func random(using generator: inout SeededGenerator) -> Survival {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: .all
        case 1: .none
        default: .some
        }
    }
}
