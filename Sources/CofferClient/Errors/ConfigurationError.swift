public import FoundationEssentials

/// An error in a client's setup, as a sentence that says what to change. It never contains a secret.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    public let description: String

    package init(_ description: String) { self.description = description }
}

/// Foundation shows the error's own text.
extension ConfigurationError: LocalizedError {
    public var errorDescription: String? { description }
}
