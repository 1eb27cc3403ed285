import CofferHTTP
import CofferModel
import CofferStorage

/// A bucket's tags.
struct GetBucketTagging: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetBucketTagging", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        guard let document = try call.configuration("tagging") else {
            throw S3Error(.noSuchTagSet, details: [("BucketName", try call.bucket.name.description)])
        }
        return .xml(document)
    }
}
