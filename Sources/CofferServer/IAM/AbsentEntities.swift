import CofferAccess
import CofferModel
import CofferStorage

/// Operations on what there is none of here: passwords, devices, certificates, providers, instance profiles, aliases.
///
/// They answer as IAM does for an account that has none, since tools look for them before they delete a user, or list all
/// that an account has. Making any is not implemented.
enum AbsentEntities {
    static let operations: [QueryOperation] =
        [
            empty("ListInstanceProfiles", "InstanceProfiles", on: { $0.arn("instance-profile/") }),
            empty("ListVirtualMFADevices", "VirtualMFADevices"), empty("ListAccountAliases", "AccountAliases"),
            empty("ListServerCertificates", "ServerCertificateMetadataList"),
            empty("ListOpenIDConnectProviders", "OpenIDConnectProviderList"),
            empty("ListSAMLProviders", "SAMLProviderList"),
            QueryOperation("GetAccountPasswordPolicy", on: { _ in "*" }, passwordPolicy),
            QueryOperation("DeleteAccountPasswordPolicy", on: { _ in "*" }, passwordPolicy),
        ]
        + [
            ("ListMFADevices", "MFADevices"), ("ListSSHPublicKeys", "SSHPublicKeys"),
            ("ListSigningCertificates", "Certificates"),
            ("ListServiceSpecificCredentials", "ServiceSpecificCredentials"),
        ].map { empty($0, $1, on: Users.namedOrCaller, of: Users.namedOrCaller) }
        + ["GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"].map {
            QueryOperation($0, on: Users.namedOrCaller, loginProfile)
        }

    /// - Parameter user: whose they would be, who must be there.
    private static func empty(
        _ operation: String, _ list: String,
        on resource: @escaping @Sendable (QueryRequest) throws(S3Error) -> String? = { _ in "*" },
        of user: (@Sendable (AuthorizedQuery) throws(S3Error) -> IAMUser?)? = nil
    ) -> QueryOperation {
        QueryOperation(operation, on: resource) { call async throws(S3Error) in
            _ = try user?(call)
            return QueryAnswer { xml in
                xml.element(list) { _ in }
                xml.element("IsTruncated", "false")
            }
        }
    }

    @Sendable private static func loginProfile(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try Users.namedOrCaller(call)?.name ?? "root"
        throw .noSuchEntity("Login Profile for User \(name) cannot be found.")
    }

    @Sendable private static func passwordPolicy(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        throw .noSuchEntity("The Password Policy with domain name \(call.account.id) cannot be found.")
    }
}
