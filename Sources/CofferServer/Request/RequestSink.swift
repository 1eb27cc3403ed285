import CofferModel

/// Where the bytes of a request's body go: each piece as it comes, and the first fault ends it.
protocol RequestSink: AnyObject, Sendable {
    /// What was wrong so far.
    var fault: S3Error? { get }
    /// A piece of the body, borrowed for the time of the call.
    func receive(_ bytes: Span<UInt8>)
    /// Tells the access log what the body told.
    func note(in record: inout AccessRecord)
}
