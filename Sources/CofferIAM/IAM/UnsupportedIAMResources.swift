import CofferAccess
import CofferModel
import CofferService
import CofferStorage

/// Operations on unsupported resources: passwords, devices, certificates, providers, instance profiles, aliases.
///
/// They answer as IAM does for an account without such resources, since tools look for them before deleting a user, or
/// list everything in an account. Creating them is not implemented.
enum UnsupportedIAMResources {
    static let operations: [QueryOperation] = ofAccounts + ofUsers + missing

    private static let ofAccounts: [QueryOperation] = [
        empty("ListInstanceProfiles", "InstanceProfiles", on: { $0.arn("instance-profile/") }),
        empty("ListVirtualMFADevices", "VirtualMFADevices"), empty("ListAccountAliases", "AccountAliases"),
        empty("ListServerCertificates", "ServerCertificateMetadataList"),
        whole("ListOpenIDConnectProviders", "OpenIDConnectProviderList"),
        whole("ListSAMLProviders", "SAMLProviderList"),
        QueryOperation("GetAccountPasswordPolicy", on: { _ in "*" }, passwordPolicy),
        QueryOperation("DeleteAccountPasswordPolicy", on: { _ in "*" }, passwordPolicy),
    ]

    private static let ofUsers: [QueryOperation] = [
        empty("ListMFADevices", "MFADevices", on: Users.namedOrCaller, of: Users.namedOrCaller),
        empty("ListSSHPublicKeys", "SSHPublicKeys", on: Users.namedOrCaller, of: Users.namedOrCaller),
        empty("ListSigningCertificates", "Certificates", on: Users.namedOrCaller, of: Users.namedOrCaller),
        QueryOperation("ListServiceSpecificCredentials", on: credentialsOwner, serviceCredentials),
        QueryOperation("GetLoginProfile", on: Users.namedOrCaller, loginProfile),
        QueryOperation("UpdateLoginProfile", on: Users.namedOrCaller, loginProfile),
        QueryOperation("DeleteLoginProfile", on: Users.namedOrCaller, loginProfile),
    ]

    /// - Parameter user: returns the user who would own the resources, who must exist.
    private static func empty(
        _ operation: String, _ list: String,
        on resource: @escaping @Sendable (QueryRequest) throws(S3Error) -> String? = { _ in "*" },
        of user: (@Sendable (AuthorizedQuery) throws(S3Error) -> IAMUser?)? = nil
    ) -> QueryOperation {
        QueryOperation(operation, on: resource) { call async throws(S3Error) in
            _ = try user?(call)
            return try .emptyList(list, call.parameters)
        }
    }

    /// Returns an operation that lists nothing, without pages.
    private static func whole(_ operation: String, _ list: String) -> QueryOperation {
        let answer = QueryAnswer { xml in xml.element(list) { _ in } }
        return QueryOperation(operation, on: { _ in "*" }, { _ async throws(S3Error) in answer })
    }

    @Sendable private static func credentialsOwner(_ request: QueryRequest) throws(S3Error) -> String? {
        request.parameters.bool("AllUsers") ? "*" : try Users.namedOrCaller(request)
    }

    @Sendable private static func serviceCredentials(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        if !call.parameters.bool("AllUsers") { _ = try Users.namedOrCaller(call) }
        return try .emptyList("ServiceSpecificCredentials", call.parameters)
    }

    @Sendable private static func loginProfile(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try Users.namedOrCaller(call)?.name ?? "root"
        throw .noSuchEntity("Login Profile for User \(name) cannot be found.")
    }

    @Sendable private static func passwordPolicy(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        throw .noSuchEntity("The Password Policy with domain name \(call.account.id) cannot be found.")
    }
}
