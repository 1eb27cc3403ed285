extension CredentialsSource {
    /// A profile of the files `~/.aws/config` and `~/.aws/credentials`, or of those that `AWS_CONFIG_FILE` and
    /// `AWS_SHARED_CREDENTIALS_FILE` name: keys, a role that is assumed with the credentials of another source or with
    /// the token of a web identity, or a program that prints keys (`credential_process`).
    ///
    /// - Parameter name: nil for the one that `AWS_PROFILE` names, or `default`.
    public static func profile(_ name: String? = nil) -> CredentialsSource {
        .profile(name, of: .process, endpoint: nil)
    }

    /// - Parameter endpoint: the endpoint of STS, for roles; nil for the configured one or Amazon's.
    package static func profile(
        _ name: String?, of configuration: SharedConfiguration, endpoint: String?
    ) -> CredentialsSource {
        // The source is looked up once, so that requests do not each read the files, and a role's session is kept.
        let found = FoundSource {
            try ProfileReader(configuration: configuration, endpoint: endpoint)
                .source(of: name ?? configuration.profileName)
        }
        return CredentialsSource { try await found.source().load() }
    }
}

/// Finds the source of a profile's credentials, through the profiles whose credentials assume its role.
///
/// Source: AWS SDKs and Tools Reference Guide, "Assume role credential provider".
struct ProfileReader {
    let configuration: SharedConfiguration
    /// The endpoint of STS; nil for the configured one or Amazon's.
    let endpoint: String?

    /// The most roles that are assumed in a chain; a longer chain is most likely a cycle.
    private static let chainLimit = 8

    /// - Throws: ``ConfigurationError`` for a profile that does not exist or has no credentials.
    func source(of name: String, depth: Int = 0) throws(ConfigurationError) -> CredentialsSource {
        guard depth < Self.chainLimit else {
            throw ConfigurationError(
                "the profile '\(name)' is reached through more than \(Self.chainLimit) source profiles; check that no "
                    + "source_profile leads back to the first one")
        }
        guard let profile = try configuration.profile(name) else {
            throw ConfigurationError(
                "there is no profile '\(name)' in the files of AWS's tools; add it to ~/.aws/config, or use another")
        }
        guard let source = try source(of: profile, named: name, depth: depth, usesEnvironment: false) else {
            throw ConfigurationError(
                "the profile '\(name)' has no access key, no role to assume, and no credential_process; add one of them, "
                    + "or use another profile")
        }
        return source
    }

    /// Returns the source of a profile that may be missing, or have no credentials.
    ///
    /// - Parameter usesEnvironment: whether the environment's web identity is used too.
    func configuredSource(of name: String, usesEnvironment: Bool) throws(ConfigurationError) -> CredentialsSource? {
        try source(of: try configuration.profile(name) ?? [:], named: name, depth: 0, usesEnvironment: usesEnvironment)
    }

    private func source(
        of profile: [String: String], named name: String, depth: Int, usesEnvironment: Bool
    ) throws(ConfigurationError) -> CredentialsSource? {
        let identity = try WebIdentity(profile, environment: usesEnvironment ? configuration : nil, endpoint: endpoint)
        // A profile that is its own source has both a role and keys.
        if let arn = profile["role_arn"], identity == nil, depth == 0 || profile["source_profile"] != name {
            return try role(arn, profile, name: name, depth: depth)
        }
        if let identity { return identity.source(configuration) }
        if let id = profile["aws_access_key_id"], let secret = profile["aws_secret_access_key"] {
            return .keys(accessKeyID: id, secretAccessKey: secret, sessionToken: profile["aws_session_token"])
        }
        return profile["credential_process"].map { CredentialProcess(command: $0).credentials }
    }

    private func role(
        _ arn: String, _ profile: [String: String], name: String, depth: Int
    ) throws(ConfigurationError) -> CredentialsSource {
        guard profile["mfa_serial"] == nil else {
            throw ConfigurationError(
                "the profile '\(name)' requires a code (mfa_serial), which this client does not ask for; get a session "
                    + "with 'aws sts get-session-token', and use its keys")
        }
        let role = AssumedRole(
            arn: arn, sessionName: profile["role_session_name"] ?? "coffer", externalID: profile["external_id"],
            seconds: profile["duration_seconds"].flatMap { Int($0) } ?? 3600, endpoint: endpoint,
            region: profile["region"])
        return role.credentials(source: try base(profile, name: name, depth: depth), configuration)
    }

    /// The credentials that may assume a profile's role.
    private func base(
        _ profile: [String: String], name: String, depth: Int
    ) throws(ConfigurationError) -> CredentialsSource {
        switch (profile["source_profile"], profile["credential_source"]) {
        case (let source?, nil): return try self.source(of: source, depth: depth + 1)
        case (nil, let source?): return try named(source, in: name)
        default:
            throw ConfigurationError(
                "the profile '\(name)' has a role_arn and needs one of source_profile, credential_source and "
                    + "web_identity_token_file")
        }
    }

    /// Returns the source that `credential_source` names.
    private func named(_ source: String, in profile: String) throws(ConfigurationError) -> CredentialsSource {
        switch source {
        case "Environment":
            guard let credentials = configuration.environmentCredentials else {
                throw ConfigurationError(
                    "the profile '\(profile)' takes its keys from the environment; set AWS_ACCESS_KEY_ID and "
                        + "AWS_SECRET_ACCESS_KEY")
            }
            return CredentialsSource { credentials }
        case "EcsContainer":
            guard let container = try ContainerCredentials(configuration) else {
                throw ConfigurationError(
                    "the profile '\(profile)' takes its keys from the container, and neither "
                        + "\(ContainerCredentials.relativeVariable) nor \(ContainerCredentials.fullVariable) is set")
            }
            return container.source
        case "Ec2InstanceMetadata": return try InstanceMetadata(configuration).source
        default:
            throw ConfigurationError(
                "the profile '\(profile)' has the credential_source '\(source)'; allowed: Environment, EcsContainer, "
                    + "Ec2InstanceMetadata")
        }
    }
}
