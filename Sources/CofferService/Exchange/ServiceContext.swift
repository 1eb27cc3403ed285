package import CofferSystem

/// What requests to all services share, created once when the server starts.
package final class ServiceContext: Sendable {
    /// The only source of the current time.
    package let clock: ServiceClock
    package let log: Log
    package let metrics = Metrics()
    package let addressing: Addressing
    package let proxies: TrustedProxies
    /// The region of the server, and of buckets that are created without one.
    package let region: String

    package init(clock: ServiceClock, log: Log, addressing: Addressing, proxies: TrustedProxies, region: String) {
        self.clock = clock
        self.log = log
        self.addressing = addressing
        self.proxies = proxies
        self.region = region
    }
}
