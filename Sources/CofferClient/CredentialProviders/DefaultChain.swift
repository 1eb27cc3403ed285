extension CredentialsSource {
    /// The first source that is configured, in the order of AWS's tools:
    ///
    /// 1. The environment's keys, see ``environment``.
    /// 2. The profile that `AWS_PROFILE` names, or `default`, if it has a role to assume with other credentials.
    /// 3. The token of a web identity (`AWS_WEB_IDENTITY_TOKEN_FILE` or the profile's `web_identity_token_file`).
    /// 4. The profile's keys, or its program (`credential_process`).
    /// 5. The container's credential service, see ``container``.
    /// 6. The instance's metadata, see ``instanceMetadata``.
    ///
    /// Source: AWS CLI User Guide, "Authentication and access credentials", precedence.
    ///
    /// Loading throws ``ConfigurationError`` that lists what was tried if nothing is configured. A source that is
    /// configured and fails is an error; the next one is not tried instead.
    public static let `default` = standard(of: .process, endpoint: nil)

    /// - Parameter endpoint: the endpoint of STS, for roles; nil for the configured one or Amazon's.
    package static func standard(of configuration: SharedConfiguration, endpoint: String?) -> CredentialsSource {
        let chain = DefaultChain(configuration: configuration, endpoint: endpoint)
        let found = FoundSource { try chain.source() }
        return CredentialsSource {
            if let credentials = configuration.environmentCredentials { return credentials }
            return try await found.source().load()
        }
    }
}

/// The sources after the environment's keys, of which the first that is configured is used.
struct DefaultChain: Sendable {
    let configuration: SharedConfiguration
    let endpoint: String?
    var machine = Machine()

    /// - Throws: ``ConfigurationError`` if nothing is configured, or if something is configured wrongly.
    func source() throws(ConfigurationError) -> CredentialsSource {
        let name = configuration.profileName
        // A profile that was chosen must exist: other credentials must not be used instead.
        _ = try configuration.settings()
        if let source = try ProfileReader(configuration: configuration, endpoint: endpoint)
            .configuredSource(of: name, usesEnvironment: true)
        {
            return source
        }
        if let container = try ContainerCredentials(configuration) { return container.source }
        let metadata = try InstanceMetadata(configuration)
        let missing = try missing(name)
        guard metadata.isWorthAsking(machine) else { throw ConfigurationError("\(missing), and \(metadata.absence)") }
        let source = metadata.source
        return CredentialsSource {
            do {
                return try await source.load()
            } catch let error as TransportError {
                throw ConfigurationError("\(missing), and \(error)")
            }
        }
    }

    /// Returns which sources are not configured, as the beginning of an error.
    private func missing(_ profile: String) throws(ConfigurationError) -> String {
        let state = try configuration.profile(profile) == nil ? "does not exist" : "has no keys"
        return """
            no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile with AWS_PROFILE (the profile \
            '\(profile)' \(state)); no web identity is configured (\(WebIdentity.tokenVariable)), no container \
            (\(ContainerCredentials.fullVariable))
            """
    }
}

/// A source that is looked up when it is first needed; failures are not cached.
actor FoundSource {
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
