import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns the location constraint that a bucket was created with; that of us-east-1 is empty.
struct GetBucketLocation: ParameterlessOperation {
    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let region = try call.bucket.region
        let kept = try await call.configurations()[BucketLocation.configuration].map {
            String(decoding: $0, as: UTF8.self)
        }
        let constraint = kept ?? (region == Region.first ? "" : region)
        return .xml(XMLWriter.document("LocationConstraint", text: constraint))
    }
}
