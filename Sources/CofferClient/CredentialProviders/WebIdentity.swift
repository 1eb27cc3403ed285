import CofferModel

extension CredentialsSource {
    /// Returns a source of a role's temporary credentials, which are requested from STS with a token that an identity
    /// provider has issued, and renewed before they expire. The file is read anew each time: the token in it may change.
    ///
    /// - Parameters:
    ///   - tokenFile: the path of a file with an OAuth 2.0 access token or OpenID Connect ID token, 20,000 bytes at most.
    ///   - roleARN: the role, such as `arn:aws:iam::123456789012:role/reader`.
    ///   - sessionName: the name of the session in logs, 2 to 64 letters, digits or `_+=,.@-`.
    ///   - endpoint: the endpoint of STS; nil takes `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL` or the profile's
    ///     endpoint, or else Amazon's in the region.
    ///   - region: nil takes the environment's or the profile's, or else `us-east-1`.
    ///   - options: how requests are sent to STS.
    public static func webIdentity(
        tokenFile: String, roleARN: String, sessionName: String = "coffer", endpoint: String? = nil,
        region: String? = nil, options: ClientOptions = ClientOptions()
    ) -> CredentialsSource {
        WebIdentity(
            tokenFile: tokenFile, roleARN: roleARN, sessionName: sessionName, endpoint: endpoint, region: region,
            options: options
        )
        .source(.process)
    }
}

/// A role that is assumed with the token of a web identity.
///
/// Source: AWS STS API Reference, AssumeRoleWithWebIdentity; AWS SDKs and Tools Reference Guide, "Assume role credential
/// provider".
struct WebIdentity: Sendable {
    let tokenFile: String
    let roleARN: String
    let sessionName: String
    /// The endpoint of STS; nil for the configured one, or else Amazon's.
    let endpoint: String?
    let region: String?
    var options = ClientOptions()

    static let tokenVariable = "AWS_WEB_IDENTITY_TOKEN_FILE"
    static let roleVariable = "AWS_ROLE_ARN"
    static let sessionVariable = "AWS_ROLE_SESSION_NAME"

    func source(_ configuration: SharedConfiguration) -> CredentialsSource {
        .refreshed(options.clock) { try await assume(configuration) }
    }

    private func assume(_ configuration: SharedConfiguration) async throws -> S3Credentials {
        let service = try QueryClient(
            .sts, endpoint: endpoint ?? configuration.endpoint(of: "sts"),
            region: region ?? configuration.region() ?? "us-east-1", credentials: .anonymous, options: options)
        let token = try await blocking { try SecretFile(path: tokenFile, role: "the token of the web identity").text() }
        do {
            let result = try await service.call(
                "AssumeRoleWithWebIdentity",
                [("RoleArn", roleARN), ("RoleSessionName", sessionName), ("WebIdentityToken", token)])
            return try S3Credentials(result, of: "AssumeRoleWithWebIdentity")
        } catch let error as S3Error {
            throw error.explained(
                "STS refused the token in \(printable(tokenFile)) for the role \(printable(roleARN)); check the token and "
                    + "the role's trust policy")
        }
    }
}

extension WebIdentity {
    /// Reads what a profile says of a web identity. Values of the environment take precedence.
    ///
    /// - Parameter environment: nil to read only the profile.
    /// - Returns: nil if there is no token.
    /// - Throws: ``ConfigurationError`` for a token without a role.
    init?(
        _ profile: [String: String], environment: SharedConfiguration?, endpoint: String?
    ) throws(ConfigurationError) {
        guard let tokenFile = environment?[Self.tokenVariable] ?? profile["web_identity_token_file"] else { return nil }
        guard let roleARN = environment?[Self.roleVariable] ?? profile["role_arn"] else {
            throw ConfigurationError(
                "\(Self.tokenVariable) or the profile's web_identity_token_file is set without a role; set "
                    + "\(Self.roleVariable) or the profile's role_arn")
        }
        let sessionName = environment?[Self.sessionVariable] ?? profile["role_session_name"] ?? "coffer"
        self.init(
            tokenFile: tokenFile, roleARN: roleARN, sessionName: sessionName, endpoint: endpoint,
            region: profile["region"])
    }
}
