/// The limits that a server enforces on its clients.
package struct HTTPLimits: Sendable {
    /// Open connections in total, and from one address, or from one IPv6 network as defined by `ClientNetwork`.
    package var connections = 4096
    package var connectionsPerAddress = 2048
    /// When the limits are reached, a connection that has waited for a request this long may be closed for a new one.
    package var spareIdleSeconds = 5
    /// A connection without traffic in either direction is closed after this time.
    package var idleSeconds = 60
    /// A request's head must be complete within this time beyond ``idleSeconds``, counted from the previous request.
    package var headSeconds = 30
    /// The minimum pace of a body whose bytes go to disk.
    package var bodyPace = Pace(graceSeconds: 30, bytesPerSecond: 1024)
    /// The minimum pace of a body that is held in memory until it is complete: 2 MB have 18 seconds.
    package var documentPace = Pace(graceSeconds: 10, bytesPerSecond: 256 << 10)
    /// The minimum pace of a refused body, which is read and dropped so that a slow client sees why.
    package var droppedPace = Pace(graceSeconds: 30, bytesPerSecond: 16 << 10)
    /// A refused body is read and dropped up to this length, so that the client sees the response and not a reset.
    package var drainedByteCount: Int64 = 8 << 20
    /// The same limit for a body in which an error was found while it was received: its client has begun to send, and
    /// reads nothing before it has sent everything.
    package var drainedFaultByteCount: Int64 = 256 << 20
    /// The memory of one connection for heads and socket reads. libmicrohttpd clears it at every request and reads the
    /// socket in pieces of half of it: with 64 KiB, a small GET takes longer and a large PUT, whose bytes are gathered in
    /// longer blocks anyway, does not get faster. Up to 32 KiB, it would no longer begin at a memory page, and
    /// `coffer_move_blanks` would not see the whole head.
    package var connectionByteCount = 40 << 10

    package init() {}

    /// - Parameter descriptors: how many the process may open. A connection needs one, plus one for the file that it
    ///   reads or writes; some are set aside for everything else. Connections that used up the last descriptor would
    ///   leave the event loops spinning, because that is how libmicrohttpd waits for another one.
    package init(descriptors: Int) {
        connections = min(connections, max(Self.leastConnections, (descriptors - Self.otherDescriptors) / 2))
        connectionsPerAddress = min(connectionsPerAddress, connections)
    }

    /// Whether the body of a request that is refused at its head is read and dropped before the refusal is sent.
    /// Otherwise the refusal is sent at once, and ends the connection.
    func drainsBody(of head: HTTPRequestHead) -> Bool {
        let isShort = head.isChunked || head.contentLength.map { $0 <= drainedByteCount } ?? false
        return isShort && !head.expectsContinue && head.fault == nil
    }

    private static let leastConnections = 8
    /// Used by the catalog, its readers, the event loops and the standard streams.
    private static let otherDescriptors = 48

    /// A minimum pace: after a grace period, a body must have brought this many bytes per second of the time beyond it,
    /// on average.
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
