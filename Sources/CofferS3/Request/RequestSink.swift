import CofferModel
import CofferService

/// The receiver of a request's body, piece by piece; the first fault ends it.
protocol RequestSink: AnyObject, Sendable {
    /// The first fault so far.
    var fault: S3Error? { get }
    /// Receives a piece of the body, borrowed for the duration of the call.
    func receive(_ bytes: Span<UInt8>)
    /// Whether ``prepare()`` must be called before the next piece of the body.
    var needsPreparation: Bool { get }
    /// Authorizes the request that the body so far represents, or waits until there is room for more of it.
    func prepare() async
    /// Adds details from the body to the access log's record.
    func note(in record: AccessRecord)
}

extension RequestSink {
    var needsPreparation: Bool { false }
    func prepare() async {}
}
