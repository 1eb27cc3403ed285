import CofferHTTP
import CofferModel

/// A CORS preflight of IAM or STS. It is allowed from every origin, since the requests are signed and cookies have no
/// effect.
///
/// Nothing in a preflight names the service, but S3 accepts no POST at the path of these services.
///
/// Source: Fetch Standard, "CORS protocol"; the endpoints of AWS's query services also allow every origin.
final class QueryPreflight: HTTPExchange, @unchecked Sendable {
    private let service: Service
    private let response: HTTPResponse
    private var record: AccessRecord

    /// - Parameter isForBucket: whether the host names a bucket.
    /// - Returns: nil for anything else.
    init?(_ head: HTTPRequestHead, isForBucket: Bool, service: Service) {
        guard head.method == "OPTIONS", !isForBucket, head.fault == nil, !head.hasBody,
            head.headers["access-control-request-method"] == "POST", head.target == "/" || head.target.hasPrefix("/?")
        else { return nil }
        let origin = Self.fields(for: head)
        guard !origin.isEmpty else { return nil }
        let id = RequestID()
        record = AccessRecord(id: id, head: head, clock: service.clock)
        record.operation = "Preflight"
        let asked = head.headers.all("access-control-request-headers").joined(separator: ", ")
        let allowed: [(name: String, value: String)] =
            asked.isEmpty ? [] : [("Access-Control-Allow-Headers", asked)]
        let always: [(name: String, value: String)] = [
            ("Access-Control-Allow-Methods", "GET, POST"), ("Access-Control-Max-Age", "172800"),
            ("x-amzn-RequestId", id.description), ("Server", "Coffer"),
        ]
        response = HTTPResponse(status: 200, headers: origin + allowed + always)
        self.service = service
    }

    /// Returns the CORS fields that these services add to every response to a cross-origin request.
    static func fields(for head: HTTPRequestHead) -> [(name: String, value: String)] {
        guard let origin = head.headers["origin"], !origin.isEmpty else { return [] }
        return [
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Expose-Headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
        ]
    }

    var refusal: HTTPResponse? { nil }

    func receive(_ bytes: Span<UInt8>) {}

    func respond() async -> HTTPResponse {
        record.answer(response)
        return response
    }

    func finished(_ outcome: HTTPOutcome) {
        record.isAborted = outcome == .aborted
        record.end()
        service.metrics.count(record)
        service.log.access(record)
    }
}
