extension CredentialsSource {
    /// A profile of the files `~/.aws/config` and `~/.aws/credentials`, or of those that `AWS_CONFIG_FILE` and
    /// `AWS_SHARED_CREDENTIALS_FILE` name: keys, a role that is assumed with the keys of its source, or a program that
    /// prints keys (`credential_process`).
    ///
    /// - Parameter name: nil for the one that `AWS_PROFILE` names, or `default`.
    public static func profile(_ name: String? = nil) -> CredentialsSource {
        .profile(name, of: .process, endpoint: nil)
    }

    /// The environment's keys if there are any, or else those of the profile.
    public static let `default` = standard(of: .process, endpoint: nil)

    /// Returns the environment's keys if there are any, or else those of the profile.
    ///
    /// - Parameter endpoint: the endpoint of STS, for profiles with a role; nil for the configured one or Amazon's.
    package static func standard(of configuration: SharedConfiguration, endpoint: String?) -> CredentialsSource {
        let profile = profile(nil, of: configuration, endpoint: endpoint)
        return CredentialsSource { try await configuration.environmentCredentials.orElse(profile.load) }
    }

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

extension Optional {
    fileprivate func orElse(_ other: () async throws -> Wrapped?) async throws -> Wrapped? {
        if let self { self } else { try await other() }
    }
}

/// A source that is looked up when it is first needed; failures are not cached.
private actor FoundSource {
    private let find: @Sendable () throws -> CredentialsSource
    private var found: CredentialsSource?

    init(_ find: @escaping @Sendable () throws -> CredentialsSource) { self.find = find }

    func source() throws -> CredentialsSource {
        if let found { return found }
        let source = try find()
        found = source
        return source
    }
}

/// Finds the source of a profile's credentials, through the profiles whose keys assume its role.
private struct ProfileReader {
    let configuration: SharedConfiguration
    let endpoint: String?

    /// The most roles that are assumed in a chain; a longer chain is most likely a cycle.
    private static let chainLimit = 8

    func source(of name: String, depth: Int = 0) throws(ConfigurationError) -> CredentialsSource {
        guard depth < Self.chainLimit else {
            throw ConfigurationError("the profile '\(name)' is reached through too many source profiles")
        }
        guard let profile = try configuration.profile(name) else {
            throw ConfigurationError(
                "no credentials: AWS_ACCESS_KEY_ID is not set, and there is no profile '\(name)' in the files of AWS's tools"
            )
        }
        // A profile that is its own source has both a role and keys.
        if let arn = profile["role_arn"], depth == 0 || profile["source_profile"] != name {
            return try role(arn, profile, name: name, depth: depth)
        }
        return try keys(profile, name: name)
    }

    private func keys(_ profile: [String: String], name: String) throws(ConfigurationError) -> CredentialsSource {
        if let id = profile["aws_access_key_id"], let secret = profile["aws_secret_access_key"] {
            return .keys(accessKeyID: id, secretAccessKey: secret, sessionToken: profile["aws_session_token"])
        }
        if let command = profile["credential_process"] { return CredentialProcess(command: command).credentials }
        throw ConfigurationError(
            "the profile '\(name)' has no access key, no role to assume, and no credential_process")
    }

    private func role(
        _ arn: String, _ profile: [String: String], name: String, depth: Int
    ) throws(ConfigurationError) -> CredentialsSource {
        guard profile["mfa_serial"] == nil else {
            throw ConfigurationError(
                "the profile '\(name)' asks for a code (mfa_serial), which cannot be asked for here")
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
        case (nil, "Environment"):
            guard let credentials = configuration.environmentCredentials else {
                throw ConfigurationError("the profile '\(name)' takes its keys from the environment, which has none")
            }
            return CredentialsSource { credentials }
        default:
            throw ConfigurationError(
                "the profile '\(name)' has a role and needs a source_profile, or 'credential_source = Environment'")
        }
    }
}
