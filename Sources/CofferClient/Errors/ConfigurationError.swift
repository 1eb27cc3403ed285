public import FoundationEssentials

/// An error in a client's setup, as a sentence that says what to change. It never contains a secret.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, what is allowed, and what to do.
    public let description: String

    package init(_ description: String) { self.description = description }
}

/// Foundation shows the error's own text.
extension ConfigurationError: LocalizedError {
    /// The same text as ``description``.
    public var errorDescription: String? { description }
}
