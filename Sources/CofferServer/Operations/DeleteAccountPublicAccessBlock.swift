import CofferHTTP
import CofferModel
import CofferStorage

/// Refuses nothing to the public any more in the account as a whole; there need not have been anything. Of the API of S3
/// Control, where it is called DeletePublicAccessBlock.
struct DeleteAccountPublicAccessBlock: S3Operation {
    static func permissions(for request: S3Request) -> [Permission] { [Permission("s3:PutAccountPublicAccessBlock")] }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await call.setAccountBlock(nil, of: try call.requireOwnAccount())
        return .noContent
    }
}
