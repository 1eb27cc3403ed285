import CofferSystem
import Foundation
import Glibc
import Testing

@Suite("Memory of the process")
struct ProcessMemoryTests {
    @Test("Code that was let go of counts no longer as memory, and still runs")
    func letsGo() throws {
        let before = try mappedByteCount()
        ProcessMemory.letGoOfCode()
        let after = try mappedByteCount()
        #expect(after < before / 2, "\(before) → \(after) bytes")
        #expect([3, 1, 2].sorted() == [1, 2, 3])
    }

    /// Returns how many bytes of files are mapped into the process and in memory (proc(5): the third field of statm is
    /// a number of pages).
    private func mappedByteCount() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .ascii).split(separator: " ")
        return try #require(Int(fields[2])) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
