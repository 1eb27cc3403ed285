import CofferHTTP
import CofferModel
import CofferStorage

/// Ends an upload and lets its parts go.
struct AbortMultipartUpload: S3Operation {
    private let reference: UploadReference

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:AbortMultipartUpload", bucket: try request.bucketName(), key: try request.key())]
    }

    init(_ request: S3Request) throws(S3Error) {
        // AWS has the condition in directory buckets alone.
        try request.refuse(headers: ["x-amz-if-match-initiated-time"])
        reference = try UploadReference(request)
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let upload = try reference.find(call)
        let bucket = try call.bucket
        try await reference.awaitUpload { () async throws(StorageError) in
            try await call.service.store.abort(upload, in: bucket)
        }
        return .noContent
    }
}
