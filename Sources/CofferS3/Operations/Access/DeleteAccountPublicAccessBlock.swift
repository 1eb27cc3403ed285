import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes an account's public access block, which need not exist. Part of the S3 Control API, where it is called
/// DeletePublicAccessBlock.
struct DeleteAccountPublicAccessBlock: ParameterlessOperation {
    static let action = "s3:PutAccountPublicAccessBlock"

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await call.setAccountBlock(nil, of: try call.requireOwnAccount())
        return .noContent
    }
}
