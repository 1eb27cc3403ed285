public import FoundationEssentials

/// What Foundation shows of an error as its `localizedDescription`: the sentence that the error has.
extension TransportError: LocalizedError {
    public var errorDescription: String? { description }
}

extension ConfigurationError: LocalizedError {
    public var errorDescription: String? { description }
}

extension FileError: LocalizedError {
    public var errorDescription: String? { description }
}
