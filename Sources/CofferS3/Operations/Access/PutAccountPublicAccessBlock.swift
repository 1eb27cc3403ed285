import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Sets an account's public access block, which applies to all of its buckets in addition to their own. Part of the S3
/// Control API, where it is called PutPublicAccessBlock.
struct PutAccountPublicAccessBlock: ParameterlessOperation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let account = try call.requireOwnAccount()
        let block = try PublicAccessBlock(document: try body.finish().requireDocument())
        try await call.setAccountBlock(block.document, of: account)
        return HTTPResponse(status: 200)
    }
}

extension Authorized {
    /// - Parameter document: nil removes it.
    func setAccountBlock(_ document: [UInt8]?, of account: String) async throws(S3Error) {
        try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await service.store.setConfiguration("publicAccessBlock", ofAccount: account, to: document)
        }
        service.buckets.invalidateAll()
    }
}
