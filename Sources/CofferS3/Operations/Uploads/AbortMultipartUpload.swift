import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Ends an upload and discards its parts. If the upload already ended within the last day, the response is the same:
/// the client may have missed the first response, and nothing is left to do.
struct AbortMultipartUpload: S3Operation {
    private let reference: UploadReference

    init(_ request: S3Request) throws(S3Error) {
        reference = try UploadReference(request)
        // This condition exists only for directory buckets.
        try request.refuse(headers: ["x-amz-if-match-initiated-time"])
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        guard let upload = try await reference.findEvenEnded(call) else { throw reference.missing }
        let bucket = try call.bucket
        let answer = HTTPResponse(status: 204, headers: upload.versionFields(in: bucket))
        if let ended = upload.ended {
            guard ended.seconds > call.request.time.seconds - Self.rememberedSeconds else { throw reference.missing }
            return answer
        }
        do throws(StorageError) {
            try await call.service.store.abort(upload, in: bucket)
        } catch {
            guard case .noSuchUpload = error else { throw S3Error(storage: error) }
            // Another request ended the upload concurrently, or its bucket was deleted.
            guard try await reference.findEvenEnded(call) != nil else { throw reference.missing }
        }
        return answer
    }

    private static let rememberedSeconds: Int64 = 24 * 3600
}
