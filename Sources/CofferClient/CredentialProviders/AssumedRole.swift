import CofferModel

extension CredentialsSource {
    /// Returns a source of a role's temporary credentials, which are requested from STS with the credentials of another
    /// source, and renewed before they expire.
    ///
    /// - Parameters:
    ///   - roleARN: the role, such as `arn:aws:iam::123456789012:role/reader`.
    ///   - sessionName: the name of the session in logs, 2 to 64 letters, digits or `_+=,.@-`.
    ///   - externalID: the external ID that the role's trust policy may require.
    ///   - seconds: how long the credentials are valid, 900 to 43,200 as far as the role allows.
    ///   - source: the credentials that may assume the role.
    ///   - endpoint: the endpoint of STS; nil takes `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL` or the profile's
    ///     endpoint, or else Amazon's in the region.
    ///   - region: nil takes the environment's or the profile's, or else `us-east-1`.
    ///   - options: how requests are sent to STS.
    public static func role(
        roleARN: String, sessionName: String = "coffer", externalID: String? = nil, seconds: Int = 3600,
        source: CredentialsSource = .default, endpoint: String? = nil, region: String? = nil,
        options: ClientOptions = ClientOptions()
    ) -> CredentialsSource {
        let role = AssumedRole(
            arn: roleARN, sessionName: sessionName, externalID: externalID, seconds: seconds, endpoint: endpoint,
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
        .refreshed(options.clock) { try await assume(source, configuration) }
    }

    private func assume(
        _ source: CredentialsSource, _ configuration: SharedConfiguration
    ) async throws -> S3Credentials {
        let service = try QueryClient(
            .sts, endpoint: endpoint ?? configuration.endpoint(of: "sts"),
            region: region ?? configuration.region() ?? "us-east-1", credentials: source, options: options)
        var parameters = [
            ("RoleArn", arn), ("RoleSessionName", sessionName), ("DurationSeconds", String(seconds)),
        ]
        if let externalID { parameters.append(("ExternalId", externalID)) }
        return try S3Credentials(try await service.call("AssumeRole", parameters), of: "AssumeRole")
    }
}

extension S3Credentials {
    /// Reads the credentials in the result of an action of STS.
    ///
    /// - Throws: ``TransportError`` for a result without credentials.
    init(_ result: XMLElement, of action: String) throws(TransportError) {
        guard let credentials = result["Credentials"], let id = credentials["AccessKeyId"]?.text,
            let secret = credentials["SecretAccessKey"]?.text, let token = credentials["SessionToken"]?.text,
            let expiration = credentials["Expiration"].flatMap({ Timestamp(parsing: $0.text) })
        else { throw TransportError(.badResponse, "STS returned no credentials for \(action)") }
        self.init(accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiration: expiration)
    }
}
