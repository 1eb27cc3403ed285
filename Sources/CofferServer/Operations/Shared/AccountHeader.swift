import CofferAccess
import CofferHTTP
import CofferModel

/// The header of S3 Control that tells the account.
enum AccountHeader {
    static let name = "x-amz-account-id"
}

extension Authorized {
    /// - Throws: `AccessDenied` unless the account that the request names is the caller's own.
    func requireOwnAccount() throws(S3Error) -> String {
        let account = try account.id
        guard request.headers[AccountHeader.name] == account else {
            throw S3Error(.accessDenied).withDenialReason(
                "the account is another than the caller's", isDisclosed: false)
        }
        return account
    }
}
