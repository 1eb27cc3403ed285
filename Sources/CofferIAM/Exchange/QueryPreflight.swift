package import CofferHTTP
import CofferModel
package import CofferService

/// A CORS preflight of IAM or STS. It is allowed from every origin, since the requests are signed and cookies have no
/// effect.
///
/// Nothing in a preflight names the service, but S3 accepts no POST at the path of these services.
///
/// Source: Fetch Standard, "CORS protocol"; the endpoints of AWS's query services also allow every origin.
package final class QueryPreflight: HTTPExchange {
    private let response: HTTPResponse
    private let frame: RequestFrame

    /// - Parameter isForBucket: whether the host names a bucket.
    /// - Returns: nil for anything else.
    package init?(_ head: HTTPRequestHead, isForBucket: Bool, _ context: ServiceContext) {
        guard head.method == "OPTIONS", !isForBucket, head.fault == nil, !head.hasBody,
            head.headers["access-control-request-method"] == "POST", head.target == "/" || head.target.hasPrefix("/?")
        else { return nil }
        let origin = Self.fields(for: head)
        guard !origin.isEmpty else { return nil }
        frame = RequestFrame(head, .query, context)
        frame.record.operation = "Preflight"
        let asked = head.headers.all("access-control-request-headers").joined(separator: ", ")
        let allowed: [(name: String, value: String)] =
            asked.isEmpty ? [] : [("Access-Control-Allow-Headers", asked)]
        let always: [(name: String, value: String)] = [
            ("Access-Control-Allow-Methods", "GET, POST"), ("Access-Control-Max-Age", "172800"),
        ]
        response = frame.complete(HTTPResponse(status: 200, headers: origin + allowed + always))
    }

    /// Returns the CORS fields that these services add to every response to a cross-origin request.
    static func fields(for head: HTTPRequestHead) -> [(name: String, value: String)] {
        guard let origin = head.headers["origin"], !origin.isEmpty else { return [] }
        return [
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Expose-Headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
        ]
    }

    package var refusal: HTTPResponse? { nil }

    package func receive(_ bytes: Span<UInt8>) {}

    package func respond() async -> HTTPResponse {
        frame.record.answer(response)
        return response
    }

    package func finished(_ outcome: HTTPOutcome) { frame.finish(outcome) }
}
