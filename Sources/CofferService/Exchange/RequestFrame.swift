package import CofferHTTP
package import CofferModel

/// What all exchanges have in common, whichever service they belong to: the request's id, its record for the access log
/// and the metrics, and the header fields of every response.
///
/// `@unchecked Sendable`: used by a single exchange, whose calls never overlap (see `HTTPExchange`).
package final class RequestFrame: @unchecked Sendable {
    package let id = RequestID()
    package let head: HTTPRequestHead
    package let record: AccessRecord
    private let context: ServiceContext
    private let family: Family

    /// How responses name the request's id.
    package enum Family: Sendable {
        /// `x-amz-request-id` and `x-amz-id-2`.
        case s3
        /// `x-amzn-RequestId`, in responses of the query protocol.
        case query
    }

    package init(_ head: HTTPRequestHead, _ family: Family, _ context: ServiceContext) {
        self.head = head
        self.family = family
        self.context = context
        record = AccessRecord(id: id, head: head, clock: context.clock)
    }

    /// Adds the header fields that every response has.
    package func complete(_ response: consuming HTTPResponse) -> HTTPResponse {
        switch family {
        case .s3:
            response.headers.append(("x-amz-request-id", id.description))
            response.headers.append(("x-amz-id-2", id.extended))
        case .query: response.headers.append(("x-amzn-RequestId", id.description))
        }
        response.headers.append(("Server", "Coffer"))
        return response
    }

    /// Records the error that is sent, and logs its cause.
    package func refuse(_ error: S3Error) {
        record.refuse(error, head)
        if let cause = error.cause { context.log.error("\(id) \(record.operation): \(cause)") }
    }

    /// The error for a body that stalls.
    package static let stalled = S3Error(.requestTimeout)

    /// Ends the request: logs and counts it.
    ///
    /// - Parameter status: the status of a refusal, which is sent without asking for the response.
    package func finish(_ outcome: HTTPOutcome, refusedWith status: Int? = nil) {
        if outcome == .stalled {
            record.refuse(Self.stalled, head)
            record.status = Self.stalled.code.status
        }
        record.status = record.status ?? status
        record.isAborted = outcome != .sent
        record.end()
        context.metrics.count(record)
        context.log.access(record)
    }
}
