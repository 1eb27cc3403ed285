/// The limits of a server towards its clients.
package struct HTTPLimits: Sendable {
    /// Open connections in all, and from one address, or one network of IPv6 as ``ClientNetwork`` has it.
    package var connections = 4096
    package var connectionsPerAddress = 2048
    /// A connection that waits for a request this long gives its place to a new one where the limits are reached.
    package var spareIdleSeconds = 5
    /// A connection on which nothing moves in either direction is closed after this time.
    package var idleSeconds = 60
    /// A request's head must be complete within this time beyond ``idleSeconds``, counted from the request before.
    package var headSeconds = 30
    /// How slow a body may come whose bytes go to the disk.
    package var bodyPace = Pace(graceSeconds: 30, bytesPerSecond: 1024)
    /// The same for one that is held in memory until it is complete: 2 MB have 18 seconds.
    package var documentPace = Pace(graceSeconds: 10, bytesPerSecond: 256 << 10)
    /// The same for one that is refused, and read and dropped so that a slow client sees why.
    package var droppedPace = Pace(graceSeconds: 30, bytesPerSecond: 16 << 10)
    /// A refused body is read and dropped up to this length, so that the client sees the answer and not a reset.
    package var drainedByteCount: Int64 = 8 << 20
    /// The same for a body in which something was found wrong while it came: its client has begun to send, and sees
    /// nothing before it has sent all.
    package var drainedFaultByteCount: Int64 = 256 << 20
    /// Memory of one connection for heads and socket reads. libmicrohttpd clears it at every request and reads the
    /// socket in pieces of half of it: 64 KiB was measured as the best between small GETs and large PUTs.
    package var connectionByteCount = 64 << 10

    package init() {}

    /// - Parameter descriptors: how many the process may have. A connection needs one, and one for the file that it reads
    ///   or writes; some are for the rest. Connections that took the last one would leave the event loops to wait for a
    ///   further one without rest, which is how libmicrohttpd waits for it.
    package init(descriptors: Int) {
        connections = min(connections, max(Self.leastConnections, (descriptors - Self.otherDescriptors) / 2))
        connectionsPerAddress = min(connectionsPerAddress, connections)
    }

    private static let leastConnections = 8
    /// Of the catalog, its readers, the event loops and the streams.
    private static let otherDescriptors = 48

    /// A body may be slow for some time, and must then have brought so many bytes a second beyond it on average.
    package struct Pace: Sendable {
        package var graceSeconds: Int
        package var bytesPerSecond: Int

        package init(graceSeconds: Int, bytesPerSecond: Int) {
            self.graceSeconds = graceSeconds
            self.bytesPerSecond = bytesPerSecond
        }

        func isTooSlow(_ byteCount: Int64, in seconds: Int64) -> Bool {
            (seconds - Int64(graceSeconds)) * Int64(bytesPerSecond) > byteCount
        }
    }
}
