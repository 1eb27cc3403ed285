import CofferModel

extension CredentialsSource {
    /// Returns a source of a role's temporary credentials, which are requested from STS with the credentials of another
    /// source, and renewed before they expire.
    ///
    /// - Parameters:
    ///   - seconds: how long the credentials are valid, 900 to 43,200 as far as the role allows.
    ///   - endpoint: the endpoint of STS; nil takes `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL` or the profile's
    ///     endpoint, or else Amazon's in the region.
    ///   - region: nil takes the environment's or the profile's, or else `us-east-1`.
    ///   - options: how requests are sent to STS.
    public static func role(
        arn: String, sessionName: String = "coffer", externalID: String? = nil, seconds: Int = 3600,
        source: CredentialsSource = .default, endpoint: String? = nil, region: String? = nil,
        options: ClientOptions = ClientOptions()
    ) -> CredentialsSource {
        let role = AssumedRole(
            arn: arn, sessionName: sessionName, externalID: externalID, seconds: seconds, endpoint: endpoint,
            region: region, options: options)
        return role.credentials(source: source, .process)
    }
}

/// A role, and how to request a session for it.
///
/// Source: AWS STS API Reference, AssumeRole.
struct AssumedRole: Sendable {
    let arn: String
    let sessionName: String
    let externalID: String?
    let seconds: Int
    /// The endpoint of STS; nil for the configured one, or else Amazon's.
    let endpoint: String?
    let region: String?
    var options = ClientOptions()

    /// - Parameter source: the source of the credentials that may assume the role.
    func credentials(source: CredentialsSource, _ configuration: SharedConfiguration) -> CredentialsSource {
        let session = RefreshedCredentials { try await assume(source, configuration) }
        return CredentialsSource { try await session.current() }
    }

    private func assume(
        _ source: CredentialsSource, _ configuration: SharedConfiguration
    ) async throws -> S3Credentials {
        let service = try QueryService(
            .sts, endpoint: endpoint ?? configuration.endpoint(of: "sts"),
            region: region ?? configuration.region() ?? "us-east-1", credentials: source, options: options)
        var parameters = [
            ("RoleArn", arn), ("RoleSessionName", sessionName), ("DurationSeconds", String(seconds)),
        ]
        if let externalID { parameters.append(("ExternalId", externalID)) }
        let answer = try await service.call("AssumeRole", parameters)
        guard let credentials = answer["Credentials"], let id = credentials["AccessKeyId"]?.text,
            let secret = credentials["SecretAccessKey"]?.text, let token = credentials["SessionToken"]?.text,
            let expiration = credentials["Expiration"].flatMap({ Timestamp(parsing: $0.text) })
        else { throw TransportError(.badAnswer, "STS answered AssumeRole without credentials") }
        return S3Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiration: expiration)
    }
}
