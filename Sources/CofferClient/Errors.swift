public import FoundationEssentials

/// The error's own sentence as the `localizedDescription` that Foundation shows.
extension TransportError: LocalizedError {
    public var errorDescription: String? { description }
}

extension ConfigurationError: LocalizedError {
    public var errorDescription: String? { description }
}

extension FileError: LocalizedError {
    public var errorDescription: String? { description }
}
