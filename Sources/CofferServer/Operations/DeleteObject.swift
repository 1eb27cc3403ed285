import CofferHTTP
import CofferModel
import CofferStorage

/// Deletes an object. That there was none is no error.
struct DeleteObject: S3Operation {
    private let key: ObjectKey

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:DeleteObject", bucket: try request.bucketName(), key: try request.key())]
    }

    init(_ request: S3Request) throws(S3Error) {
        key = try request.key()
        try request.checkVersion()
        try request.refuse(headers: ["if-match", "x-amz-if-match-", "x-amz-bypass-governance-retention"])
    }

    func perform(_ call: Authorized<Self>) async throws(S3Error) -> HTTPResponse {
        let bucket = try call.bucket
        try await awaitStore { () async throws(StorageError) in
            try await call.service.store.delete([key], in: bucket)
        }
        return .noContent
    }
}
