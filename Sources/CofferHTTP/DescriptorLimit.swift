private import Glibc

/// Lets this process have as many open files as the system allows it.
///
/// Connections and open files share one limit, which is often set lower than that. Refused, the process works with what
/// it has.
package func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
