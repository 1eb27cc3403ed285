import Glibc

/// The key of a row, as a hash, and the row's position.
struct KeyEntry: Comparable {
    var high: UInt64
    var low: UInt64
    /// The row and its line, counted from 1 across all files of a table.
    var row: UInt32
    var line: UInt32

    func hasKey(of other: KeyEntry) -> Bool { high == other.high && low == other.low }

    static func < (left: KeyEntry, right: KeyEntry) -> Bool {
        if left.high != right.high { return left.high < right.high }
        if left.low != right.low { return left.low < right.low }
        return left.row < right.row
    }
}

/// The keys of a table's rows, for reading them in sorted order later, in bounded memory however many there are.
///
/// Keys that do not fit in memory are written to a temporary file in sorted runs, which are merged when read. Keys are
/// 128-bit hashes with a seed of this process, so no input can be built to collide.
final class KeyRuns {
    private var entries: [KeyEntry] = []
    private var runs: [Range<Int>] = []
    private var file: Int32 = -1
    private let capacity: Int

    /// - Parameter capacity: the number of keys to keep in memory, at 24 bytes each.
    init(capacity: Int = 512 << 10) { self.capacity = capacity }

    deinit { if file >= 0 { close(file) } }

    func add(_ entry: KeyEntry) throws(SourceError) {
        entries.append(entry)
        if entries.count == capacity { try spill() }
    }

    /// Marks the end of the keys.
    func finish() throws(SourceError) {
        if runs.isEmpty { entries.sort() } else if !entries.isEmpty { try spill() }
    }

    private func spill() throws(SourceError) {
        if file < 0 { file = try SpooledFile.temporaryFile(for: "keys") }
        entries.sort()
        let start = runs.last?.upperBound ?? 0
        var written = 0
        let failure = entries.withUnsafeBytes { bytes -> Int32 in
            while written < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                let count = write(file, rest.baseAddress, rest.count)
                if count < 0, errno != EINTR { return errno }
                written += max(0, count)
            }
            return 0
        }
        guard failure == 0 else {
            throw .failed("keys cannot be stored temporarily: \(String(cString: strerror(failure)))")
        }
        runs.append(start..<start + entries.count)
        entries.removeAll(keepingCapacity: true)
    }

    /// Returns the keys in sorted order; call it after ``finish()``.
    func merge() -> KeyMerge {
        KeyMerge(memory: runs.isEmpty ? entries : [], runs: runs, file: file)
    }
}

/// Merges sorted runs, from the smallest key to the greatest. Valid only as long as its ``KeyRuns``.
struct KeyMerge {
    private let memory: [KeyEntry]
    private var position = 0
    private let file: Int32
    private var readers: [RunReader] = []

    fileprivate init(memory: [KeyEntry], runs: [Range<Int>], file: Int32) {
        self.memory = memory
        self.file = file
        readers = runs.map { RunReader(rest: $0) }
    }

    mutating func next() throws(SourceError) -> KeyEntry? {
        if readers.isEmpty {
            guard position < memory.count else { return nil }
            position += 1
            return memory[position - 1]
        }
        var least: Int?
        for index in readers.indices {
            guard let entry = try readers[index].head(file) else { continue }
            if let current = least, let other = try readers[current].head(file), !(entry < other) { continue }
            least = index
        }
        guard let least else { return nil }
        return try readers[least].take(file)
    }

    private struct RunReader {
        var rest: Range<Int>
        private var buffer: [KeyEntry] = []
        private var position = 0

        /// The number of entries to read at a time.
        private static let count = 4096

        init(rest: Range<Int>) { self.rest = rest }

        mutating func head(_ file: Int32) throws(SourceError) -> KeyEntry? {
            if position == buffer.count { try fill(file) }
            return position < buffer.count ? buffer[position] : nil
        }

        mutating func take(_ file: Int32) throws(SourceError) -> KeyEntry? {
            let entry = try head(file)
            position += 1
            return entry
        }

        private mutating func fill(_ file: Int32) throws(SourceError) {
            let count = min(Self.count, rest.count)
            let size = MemoryLayout<KeyEntry>.stride
            var isWhole = true
            buffer = [KeyEntry](unsafeUninitializedCapacity: count) { buffer, filled in
                let status = pread(file, buffer.baseAddress, count * size, off_t(rest.lowerBound * size))
                isWhole = status == count * size
                filled = isWhole ? count : 0
            }
            guard isWhole else { throw .failed("keys that were stored temporarily cannot be read back") }
            rest = rest.lowerBound + count..<rest.upperBound
            position = 0
        }
    }
}
