import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Replaces a bucket's tags; an empty set removes all of them.
struct PutBucketTagging: ParameterlessOperation {
    static let body = BodyKind.document(limit: Limits.documentByteCount, needsDigest: true)

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let tags = try TagSet.parse(
            try body.finish().requireDocument(), limit: Limits.bucketTagCount, subject: "Bucket")
        try await call.setConfiguration("tagging", to: tags.isEmpty ? nil : TagSet.document(tags))
        return .noContent
    }
}
