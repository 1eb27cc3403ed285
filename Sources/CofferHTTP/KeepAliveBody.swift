/// The answer to a request whose response is not there in time: it begins at once, so that neither the client nor what
/// stands between gives the connection up, and ends when the response is there.
///
/// It is 200, whatever the response will say, then ``prefix``, a space now and then, and ``rest``. To HTTP/1.1 it goes
/// in chunks, to HTTP/1.0 until the connection is closed.
package struct KeepAliveBody: Sendable {
    /// How long the response is awaited before this answer takes its place.
    package var seconds: Double
    /// The time between two spaces.
    package var spaceSeconds: Double
    package var headers: [(name: String, value: String)]
    /// What the body begins with.
    package var prefix: [UInt8]
    /// What of the response is sent in the end. Its status and header fields are lost.
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
