private import Glibc

/// Raises the process's limit on open files to the system's maximum.
///
/// Connections and open files share one limit, which is often set below the maximum. If raising it fails, the process
/// works with what it has.
package func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
