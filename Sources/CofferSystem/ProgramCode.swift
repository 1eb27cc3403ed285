private import CLinux
private import Glibc

/// The code and constants of the process and its libraries.
package enum ProgramCode {
    /// Lets go of the pages that were used so far, which count as memory of the process while they are mapped: most of
    /// them only the start needed. Others are mapped again from the system's cache, at about a microsecond for 64 KiB.
    package static func letGo() { coffer_unmap_code(UInt(sysconf(Int32(_SC_PAGESIZE)))) }
}
