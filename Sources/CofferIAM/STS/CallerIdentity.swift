import CofferAccess
import CofferModel

/// GetCallerIdentity, which no caller can be denied, and GetAccessKeyInfo.
enum CallerIdentity {
    static let operations: [QueryOperation] = [
        QueryOperation("GetCallerIdentity", on: { _ in nil }, get),
        QueryOperation("GetAccessKeyInfo", on: { _ in "*" }, info),
    ]

    @Sendable private static func get(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let principal = call.request.access.principal
        return QueryAnswer { xml in
            xml.optional("Arn", principal.arn)
            xml.optional("UserId", principal.userID)
            xml.optional("Account", principal.account?.id)
        }
    }

    /// Attributes an unknown key to the caller's account, since, as on AWS, the answer must not reveal that it does not
    /// exist.
    @Sendable private static func info(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let id = try call.parameters.required("AccessKeyId")
        let account = call.request.service.identities.account(ofKey: id) ?? call.account.id
        return QueryAnswer { $0.element("Account", account) }
    }
}
