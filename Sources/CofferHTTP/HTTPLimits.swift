/// The limits of a server towards its clients.
package struct HTTPLimits: Sendable {
    /// Open connections in all, and from one address.
    package var connections = 4096
    package var connectionsPerAddress = 2048
    /// A connection on which nothing moves in either direction is closed after this time.
    package var idleSeconds = 60
    /// A request's head must be complete within this time beyond ``idleSeconds``, counted from the request before.
    package var headSeconds = 30
    /// A body may be slow for this long, and must then have brought at least ``bodyBytesPerSecond`` on average.
    package var bodyGraceSeconds = 30
    package var bodyBytesPerSecond = 1024
    /// A refused body is read and dropped up to this length, so that the client sees the answer and not a reset.
    package var drainedByteCount: Int64 = 8 << 20
    /// The same for a body in which something was found wrong while it came: its client has begun to send, and sees
    /// nothing before it has sent all.
    package var drainedFaultByteCount: Int64 = 256 << 20
    /// Memory of one connection for heads and socket reads. libmicrohttpd clears it at every request and reads the
    /// socket in pieces of half of it: 64 KiB was measured as the best between small GETs and large PUTs.
    package var connectionByteCount = 64 << 10

    package init() {}
}
