import CofferSystem
import Synchronization

/// The files of segments that were read lately, kept open for the next reads.
///
/// An unused file is closed some seconds after its last use, so that one that another program removed does not keep its
/// disk space, and at once when its segment is removed. A file that was changed, moved or replaced is not used again.
final class OpenSegments: Sendable {
    /// What the mapped files share.
    let mappings = MappingBudget(limit: StorageLimits.mappedByteCount)
    private let state = Mutex(State())
    private let limit: Int

    private struct State {
        var entries: [SegmentID: Entry] = [:]
        /// Counts the removals of segments: a file that was opened before one of them may be that of the removed one.
        var removals: UInt64 = 0
        var isSweeping = false

        /// - Returns: the segment that was not used for the longest time, which the caller releases without the lock.
        mutating func removeOldest() -> SegmentFile? {
            entries.min { $0.value.used < $1.value.used }.flatMap { entries.removeValue(forKey: $0.key)?.segment }
        }
    }

    private struct Entry {
        let segment: SegmentFile
        /// In nanoseconds of the system's clock.
        var used: Int64
    }

    init(limit: Int) { self.limit = limit }

    var removals: UInt64 { state.withLock { $0.removals } }
    var count: Int { state.withLock { $0.entries.count } }

    /// Returns a segment that is open, and whose file is the one that was opened.
    func find(_ id: SegmentID) -> SegmentFile? {
        let found = state.withLock { state in
            state.entries[id]?.used = SystemTime.nanoseconds
            return state.entries[id]?.segment
        }
        guard let found else { return nil }
        // A file that cannot be examined is opened again, which says why.
        guard (try? found.isUnchanged) == true else {
            forget(id, found)
            return nil
        }
        found.isUsedAgain()
        return found
    }

    /// - Parameter removals: what ``removals`` was before the file was opened.
    func keep(_ segment: SegmentFile, as id: SegmentID, openedAt removals: UInt64) {
        let (replaced, isFirst) = state.withLock { state -> (SegmentFile?, Bool) in
            guard state.removals == removals else { return (nil, false) }
            let oldest = state.entries.count >= limit ? state.removeOldest() : nil
            state.entries[id] = Entry(segment: segment, used: SystemTime.nanoseconds)
            defer { state.isSweeping = true }
            return (oldest, !state.isSweeping)
        }
        withExtendedLifetime(replaced) {}
        if isFirst { sweepLater() }
    }

    /// Called when a segment was removed.
    func close(_ id: SegmentID) {
        let closed = state.withLock { state in
            state.removals += 1
            return state.entries.removeValue(forKey: id)
        }
        withExtendedLifetime(closed) {}
    }

    /// - Returns: whether there were any.
    func closeAll() -> Bool {
        let closed = state.withLock { state in
            defer { state.entries = [:] }
            return state.entries
        }
        return !closed.isEmpty
    }

    /// Closes what was not used since a time, in nanoseconds of the system's clock.
    func close(unusedSince time: Int64) {
        let closed = state.withLock { state in
            let closed = state.entries.filter { $0.value.used <= time }
            for id in closed.keys { state.entries[id] = nil }
            return closed
        }
        withExtendedLifetime(closed) {}
    }

    private func forget(_ id: SegmentID, _ segment: SegmentFile) {
        state.withLock { state in
            if state.entries[id]?.segment === segment { state.entries[id] = nil }
        }
    }

    private func sweepLater() {
        let seconds = StorageLimits.openSegmentSeconds
        SystemTime.after(seconds: Double(seconds)) { [weak self] in
            guard let self else { return }
            self.close(unusedSince: SystemTime.nanoseconds - Int64(seconds) * 1_000_000_000)
            let isEmpty = self.state.withLock { state in
                state.isSweeping = !state.entries.isEmpty
                return !state.isSweeping
            }
            if !isEmpty { self.sweepLater() }
        }
    }
}

/// A segment's file that is open for reading.
final class SegmentFile: OpenSegment {
    let status: FileStatus
    private let file: any File
    private let mappings: MappingBudget
    private let mapping = Mutex(Mapping.unused)

    private enum Mapping {
        /// The file was opened for one read so far: mapping it would cost more than copying its bytes.
        case unused
        case wanted
        case made(FileMapping)
    }

    init(_ file: any File, mappings: MappingBudget) throws(SystemError) {
        self.file = file
        self.mappings = mappings
        status = try file.status
    }

    var isUnchanged: Bool {
        get throws(StorageError) {
            try attempt("examine a segment") { () throws(SystemError) in try file.status == status }
        }
    }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        try attempt("read a segment") { () throws(SystemError) in try file.read(at: offset, into: buffer) }
    }

    func readCached(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int? {
        try attempt("read a segment") { () throws(SystemError) in try file.readCached(at: offset, into: buffer) }
    }

    func prefetch(_ range: Range<Int64>) { file.prefetch(range) }

    fileprivate func isUsedAgain() {
        mapping.withLock { if case .unused = $0 { $0 = .wanted } }
    }

    func mapped(_ range: Range<Int64>) -> MappedBytes? {
        let made = mapping.withLock { mapping -> FileMapping? in
            switch mapping {
            case .unused: return nil
            case .made(let made): return made
            case .wanted:
                guard status.byteCount <= StorageLimits.mappedSegmentByteCount, let made = file.map(within: mappings)
                else { return nil }
                mapping = .made(made)
                return made
            }
        }
        return made?.bytes(Int(range.lowerBound)..<Int(range.upperBound))
    }
}
