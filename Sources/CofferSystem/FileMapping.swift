private import Glibc
import Synchronization

/// A file in the address space of the process, from where the system sends its bytes without their being read first.
///
/// The process itself must not read them: it would be killed where the file was cut off meanwhile, or where the disk
/// fails, while a system call that reads them returns an error.
///
/// `@unchecked Sendable`: nothing changes until the last owner releases it, and no memory is accessed here.
package final class FileMapping: @unchecked Sendable {
    private let start: UnsafeMutableRawPointer
    package let byteCount: Int
    private let budget: MappingBudget

    private static let pageByteCount = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// - Returns: nil if the file is empty or cannot be mapped, or if the budget does not allow it.
    init?(_ descriptor: Int32, byteCount: Int, within budget: MappingBudget) {
        guard byteCount > 0, budget.take(byteCount) else { return nil }
        guard let start = mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
            budget.giveBack(byteCount)
            return nil
        }
        self.start = start
        self.byteCount = byteCount
        self.budget = budget
    }

    deinit {
        munmap(start, byteCount)
        budget.giveBack(byteCount)
    }

    /// Returns bytes for sending, if all of them are in memory now; nil if the disk would have to be waited for.
    package func bytes(_ range: Range<Int>) -> MappedBytes? {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "the range is within the file")
        let first = range.lowerBound / Self.pageByteCount * Self.pageByteCount
        let pageCount = (range.upperBound - first + Self.pageByteCount - 1) / Self.pageByteCount
        let isInMemory = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: pageCount) { pages in
            mincore(start + first, range.upperBound - first, pages.baseAddress) == 0
                && pages.allSatisfy { $0 & 1 == 1 }
        }
        return isInMemory ? MappedBytes(mapping: self, start: UnsafeRawPointer(start + range.lowerBound), range) : nil
    }
}

/// Bytes of a file for a system call that sends them, valid for as long as this value; see ``FileMapping``.
///
/// `@unchecked Sendable`: the pointer leads into memory that this value keeps, and that is never written.
package struct MappedBytes: @unchecked Sendable {
    private let mapping: FileMapping
    /// For system calls only.
    package let start: UnsafeRawPointer
    package let count: Int

    fileprivate init(mapping: FileMapping, start: UnsafeRawPointer, _ range: Range<Int>) {
        self.mapping = mapping
        self.start = start
        count = range.count
    }
}

/// Limits how many bytes of files are mapped at once. They are the system's memory, which it can reclaim at any time,
/// but it counts them as resident memory of the process.
package final class MappingBudget: Sendable {
    private let used = Atomic<Int>(0)
    private let limit: Int

    package init(limit: Int) { self.limit = limit }

    package var usedByteCount: Int { used.load(ordering: .relaxed) }

    /// - Returns: false if that exceeds the limit.
    fileprivate func take(_ byteCount: Int) -> Bool {
        guard used.add(byteCount, ordering: .relaxed).newValue <= limit else {
            giveBack(byteCount)
            return false
        }
        return true
    }

    fileprivate func giveBack(_ byteCount: Int) { used.subtract(byteCount, ordering: .relaxed) }
}
