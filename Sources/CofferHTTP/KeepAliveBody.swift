/// A stand-in for a response that takes too long: it begins at once, so that neither the client nor an intermediary
/// gives up on the connection, and ends when the actual response is ready.
///
/// Its status is always 200, whatever the actual response says. Its body is ``prefix``, a space at intervals, and
/// ``rest``. It is sent in chunks to HTTP/1.1 clients, and until the connection closes to HTTP/1.0 clients.
package struct KeepAliveBody: Sendable {
    /// How long the actual response is awaited before this one is sent instead.
    package var seconds: Double
    /// The time between two spaces.
    package var spaceSeconds: Double
    package var headers: [(name: String, value: String)]
    /// The beginning of the body.
    package var prefix: [UInt8]
    /// Returns the end of the body, made from the actual response. The status and header fields of that response are
    /// lost.
    package var rest: @Sendable (HTTPResponse) -> [UInt8]

    package init(
        seconds: Double, spaceSeconds: Double = 10, headers: [(name: String, value: String)], prefix: [UInt8],
        rest: @escaping @Sendable (HTTPResponse) -> [UInt8]
    ) {
        self.seconds = seconds
        self.spaceSeconds = spaceSeconds
        self.headers = headers
        self.prefix = prefix
        self.rest = rest
    }
}
