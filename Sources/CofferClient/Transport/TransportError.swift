/// Why no answer came: the service may or may not have acted on the request.
///
/// The description names the host and what went wrong, never a header or a URL's query.
public struct TransportError: Error, Sendable, CustomStringConvertible {
    public let kind: Kind
    public let description: String

    /// - Parameter description: for people, without a header or a URL's query.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// What went wrong, for who wants to act on it.
    public enum Kind: Sendable, Equatable {
        /// The host has no address, or nothing listens there.
        case cannotConnect
        /// The connection broke before the answer was complete.
        case interrupted
        /// Nothing was heard for too long.
        case timedOut
        /// TLS found no certificate that it trusts.
        case untrusted
        /// The answer is not what HTTP or the service's protocol allows.
        case badAnswer
        /// What came is not what was stored: its checksum is another.
        case damaged
        /// The transport itself does not work; sending again is of no use.
        case unusable
    }

    /// The same, of which is known what came of trying again.
    func afterwards(_ text: String) -> TransportError {
        TransportError(kind, "\(description); \(text): whether the first one was acted upon is not known")
    }

    /// Whether the same request may succeed when it is sent again.
    var isPassing: Bool {
        switch kind {
        case .cannotConnect, .interrupted, .timedOut: true
        case .untrusted, .badAnswer, .damaged, .unusable: false
        }
    }
}
