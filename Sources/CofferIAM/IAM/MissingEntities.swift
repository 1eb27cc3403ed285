import CofferAccess
import CofferModel

/// Operations that read resources of unsupported kinds: instance profiles, providers, certificates, devices, reports.
///
/// They answer that the resource was not found, as IAM does; tools check this before they create one.
extension UnsupportedIAMResources {
    static let missing: [QueryOperation] = named + identified + reports

    private static let named: [QueryOperation] =
        byName("InstanceProfileName", in: "instance-profile", ["GetInstanceProfile", "ListInstanceProfileTags"]) {
            "Instance Profile \($0) cannot be found."
        }
        + byName(
            "ServerCertificateName", in: "server-certificate", ["GetServerCertificate", "ListServerCertificateTags"]
        ) { "The Server Certificate with name \($0) cannot be found." }

    private static let identified: [QueryOperation] =
        byARN(
            "OpenIDConnectProviderArn", of: "oidc-provider/",
            ["GetOpenIDConnectProvider", "ListOpenIDConnectProviderTags"]
        ) { "OpenIDConnect Provider not found for arn \($0)" }
        + byARN("SAMLProviderArn", of: "saml-provider/", ["GetSAMLProvider", "ListSAMLProviderTags"]) {
            "Manifest not found for arn \($0)"
        }

    private static let reports: [QueryOperation] = [
        absent("GetMFADevice", "SerialNumber", device), absent("ListMFADeviceTags", "SerialNumber", device),
        absent("GetServiceLastAccessedDetails", "JobId", job),
        absent("GetServiceLastAccessedDetailsWithEntities", "JobId", job),
        absent("GetOrganizationsAccessReport", "JobId", job),
        absent("GetServiceLinkedRoleDeletionStatus", "DeletionTaskId", { "The deletion task \($0) cannot be found." }),
        QueryOperation("GetSSHPublicKey", on: EntityKind.user.arn, publicKey),
        QueryOperation("GetCredentialReport", on: { _ in "*" }, credentialReport),
    ]

    private static let device: Message = { "MFA device with serial number \($0) does not exist." }
    private static let job: Message = { "Job \($0) cannot be found." }

    private typealias Message = @Sendable (String) -> String

    /// - Parameter parameter: the parameter that names the requested resource.
    private static func absent(
        _ operation: String, _ parameter: String,
        _ message: @escaping Message,
        on resource: @escaping @Sendable (QueryRequest) throws(S3Error) -> String? = { _ in "*" }
    ) -> QueryOperation {
        QueryOperation(operation, on: resource) { call async throws(S3Error) in
            throw .noSuchEntity(message(try call.parameters.required(parameter)))
        }
    }

    private static func byName(
        _ parameter: String, in kind: String, _ operations: [String], _ message: @escaping Message
    ) -> [QueryOperation] {
        operations.map { operation in
            absent(
                operation, parameter, message,
                on: { request throws(S3Error) in request.arn("\(kind)/\(try request.parameters.required(parameter))") })
        }
    }

    private static func byARN(
        _ parameter: String, of kind: String, _ operations: [String], _ message: @escaping Message
    ) -> [QueryOperation] {
        operations.map { operation in
            absent(
                operation, parameter, message,
                on: { request throws(S3Error) in
                    let arn = try request.parameters.required(parameter)
                    guard let parsed = ARN(arn), parsed.service == "iam", parsed.resource.hasPrefix(kind) else {
                        throw S3Error(.invalidInput, "Invalid ARN: \(arn)")
                    }
                    return arn
                })
        }
    }

    @Sendable private static func publicKey(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        _ = try EntityKind.user.find(call)
        throw .noSuchEntity("The Public Key with id \(try call.parameters.required("SSHPublicKeyId")) cannot be found.")
    }

    @Sendable private static func credentialReport(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        throw S3Error(.reportNotPresent, "Credential report not present: generate a new report")
    }
}
