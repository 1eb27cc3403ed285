import CofferAccess
import CofferHTTP
import CofferModel
import CofferService

extension Authorized {
    /// Returns the id of the caller's account.
    ///
    /// - Throws: `AccessDenied` unless it is the account that the request names.
    func requireOwnAccount() throws(S3Error) -> String {
        let account = try account.id
        guard request.headers[AccountHeader.name] == account else {
            throw S3Error(.accessDenied).withDenialReason(
                "the request does not name the caller's account", isDisclosed: false)
        }
        return account
    }
}
