/// Handles a server's requests. Called on the event-loop threads: no call may block for long. A call that waits
/// suspends its connection until it is done.
package protocol HTTPHandler: Sendable {
    /// Begins a request whose head is complete.
    func begin(_ head: HTTPRequestHead) async -> any HTTPExchange
}

/// One request and its response. The calls come one after another, never concurrently: the body's pieces in order, then
/// ``respond()``, then ``finished(_:)``. If the client goes away, the last call follows at once, except that a call that
/// waits is awaited first.
package protocol HTTPExchange: AnyObject, Sendable {
    /// The response, if it is known before the body has been read to its end and the rest of the body does not matter.
    var refusal: HTTPResponse? { get }
    /// Whether the body is held in memory: then it must arrive faster than one that goes to disk.
    var receivesDocument: Bool { get }
    /// Receives a piece of the body, borrowed for the duration of the call.
    func receive(_ bytes: Span<UInt8>)
    /// Whether ``prepare()`` must be called before the next piece of the body.
    var needsPreparation: Bool { get }
    /// Does what the body so far made necessary, such as authorizing the request of a form.
    func prepare() async
    /// The response that is sent instead when the actual response takes too long; nil if that is awaited indefinitely.
    /// Read before ``respond()``.
    var keepAliveBody: KeepAliveBody? { get }
    /// The response to a body that stalls, which ends the connection; nil ends it without a response. Read on another
    /// thread, at any time while the body arrives, so it must depend only on state that no longer changes.
    var stalledAnswer: HTTPResponse? { get }
    /// Makes the response; the body is complete.
    func respond() async -> HTTPResponse
    /// Ends the exchange, as the last call: the response was sent, or the client went away.
    func finished(_ outcome: HTTPOutcome)
}

extension HTTPExchange {
    package var receivesDocument: Bool { true }
    package var needsPreparation: Bool { false }
    package func prepare() async {}
    package var keepAliveBody: KeepAliveBody? { nil }
    package var stalledAnswer: HTTPResponse? { nil }
}

package enum HTTPOutcome: Sendable {
    case sent
    case aborted
    /// The body came too slowly, and the connection was ended.
    case stalled
}
