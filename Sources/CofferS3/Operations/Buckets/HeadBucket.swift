import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns whether a bucket exists and may be listed.
struct HeadBucket: ParameterlessOperation {
    static let action = "s3:ListBucket"

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let bucket = try call.bucket
        return HTTPResponse(
            status: 200,
            headers: [
                ("x-amz-bucket-region", bucket.region), (BucketName.arnHeader, bucket.name.arn),
                ("x-amz-access-point-alias", "false"),
                ("Content-Type", "application/xml"),
            ])
    }
}
