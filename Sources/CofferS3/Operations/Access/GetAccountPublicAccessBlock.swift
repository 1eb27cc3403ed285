import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns an account's public access block, if it has one. Part of the S3 Control API, where it is called
/// GetPublicAccessBlock.
struct GetAccountPublicAccessBlock: ParameterlessOperation {
    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let account = try call.requireOwnAccount()
        let documents = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.accountConfigurations()
        }
        guard let document = documents[account]?["publicAccessBlock"] else {
            throw S3Error(.noSuchPublicAccessBlockConfiguration, details: [("AccountId", account)])
        }
        return .xml(document)
    }
}
