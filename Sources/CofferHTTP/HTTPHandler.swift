/// What a server does with requests. Called on the threads of the event loop: no call may block for long.
package protocol HTTPHandler: Sendable {
    /// The head of a request is complete.
    func begin(_ head: HTTPRequestHead) -> any HTTPExchange
}

/// One request and its answer. The calls come one after another, never two at once: the body's pieces in their
/// order, then ``respond()``, then ``finished(_:)``. A client that goes away skips to the last, but for a response that
/// is being made: it is awaited.
package protocol HTTPExchange: AnyObject, Sendable {
    /// The answer, if it is known before the body is read to its end and the rest of the body does not matter.
    var refusal: HTTPResponse? { get }
    /// Whether the body is held in memory: then it must come faster than one that goes to the disk.
    var receivesDocument: Bool { get }
    /// A piece of the body, borrowed for the time of the call.
    func receive(_ bytes: Span<UInt8>)
    /// The answer that takes the response's place when it is long in coming; nil if the response is awaited for ever.
    /// Asked for before ``respond()``.
    var keepAliveBody: KeepAliveBody? { get }
    /// The answer to a body that stalls, which ends the connection; nil ends it without a word. Asked for on another
    /// thread, at any time while the body comes: made of what does not change any more.
    var stalledAnswer: HTTPResponse? { get }
    /// The body is complete.
    func respond() async -> HTTPResponse
    /// The last call: the answer was sent, or the client went away.
    func finished(_ outcome: HTTPOutcome)
}

extension HTTPExchange {
    package var receivesDocument: Bool { true }
    package var keepAliveBody: KeepAliveBody? { nil }
    package var stalledAnswer: HTTPResponse? { nil }
}

package enum HTTPOutcome: Sendable {
    case sent
    case aborted
    /// The body came too slowly, and the connection was ended.
    case stalled
}
