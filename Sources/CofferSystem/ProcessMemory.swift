private import CLinux
private import Glibc

/// The memory that the process takes from the system.
package enum ProcessMemory {
    /// Lets go of the pages of code and constants that were used so far, which count as memory of the process while they
    /// are mapped: most of them only the start needed. Others are mapped again from the system's cache, at about a
    /// microsecond for 64 KiB.
    package static func letGoOfCode() { coffer_unmap_code(UInt(sysconf(Int32(_SC_PAGESIZE)))) }

    /// Keeps some of the memory that is freed for what is allocated next, in each thread's arena. The system clears every
    /// page that it gives: the buffers of a listing were taken from it and returned for every page (measured: 13 % of its
    /// CPU).
    package static func keepFreed() {
        mallopt(CInt(COFFER_TRIM_THRESHOLD), 2 << 20)
        mallopt(CInt(COFFER_TOP_PAD), 128 << 10)
        mallopt(CInt(COFFER_MMAP_THRESHOLD), 1 << 20)
    }
}
