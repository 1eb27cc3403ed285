public import FoundationEssentials

/// The reason why there was no usable response: the service may or may not have acted on the request.
///
/// The description names the host and the problem, never a header or a URL's query.
public struct TransportError: Error, Sendable, CustomStringConvertible {
    /// The category of the error.
    public let kind: Kind
    /// The host and the problem, for people.
    public let description: String

    /// Creates an error, for transports.
    ///
    /// - Parameters:
    ///   - kind: the category.
    ///   - description: a text for people, without headers or a URL's query.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// The category of the error, for programmatic handling.
    public enum Kind: Sendable, Equatable {
        /// The host has no address, or nothing listens there.
        case cannotConnect
        /// The connection broke before the response was complete.
        case interrupted
        /// No data arrived for too long.
        case timedOut
        /// TLS found no trusted certificate.
        case untrusted
        /// The response violates HTTP or the service's protocol.
        case badResponse
        /// The received or stored content is damaged: its checksum differs.
        case damaged
        /// The transport itself does not work; retrying does not help.
        case unusable
    }

    /// Returns the same error with the outcome of a retry.
    func afterwards(_ text: String) -> TransportError {
        TransportError(kind, "\(description); \(text): it is not known whether the first one took effect")
    }

    /// Whether the same request may succeed when it is sent again.
    var isPassing: Bool {
        switch kind {
        case .cannotConnect, .interrupted, .timedOut: true
        case .untrusted, .badResponse, .damaged, .unusable: false
        }
    }
}

/// Foundation shows the error's own text.
extension TransportError: LocalizedError {
    /// The same text as ``description``.
    public var errorDescription: String? { description }
}
