import CofferModel

extension CredentialsSource {
    /// The credentials of the container that this process runs in, such as a task of ECS or a pod of EKS, from the
    /// service that `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `AWS_CONTAINER_CREDENTIALS_FULL_URI` names. The token in
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` or `AWS_CONTAINER_AUTHORIZATION_TOKEN` is sent to it.
    ///
    /// A full URI must use https, or name this machine (a loopback address or `localhost`) or one of AWS's addresses for
    /// containers: 169.254.170.2, 169.254.170.23 and fd00:ec2::23. The credentials are renewed before they expire.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
    public static let container = container(of: .process)

    package static func container(of configuration: SharedConfiguration) -> CredentialsSource {
        let found = FoundSource {
            guard let container = try ContainerCredentials(configuration) else {
                throw ConfigurationError(
                    "no credentials of a container: neither \(ContainerCredentials.relativeVariable) nor "
                        + "\(ContainerCredentials.fullVariable) is set")
            }
            return container.source
        }
        return CredentialsSource { try await found.source().load() }
    }
}

/// The credential service of a container.
struct ContainerCredentials: Sendable {
    private let url: String
    private let configuration: SharedConfiguration
    private let options = ClientOptions()

    static let relativeVariable = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    static let fullVariable = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

    private static let host = "169.254.170.2"
    /// The hosts besides this machine that may be asked without TLS.
    private static let containerHosts: Set = [host, "169.254.170.23", "[fd00:ec2::23]"]

    /// - Returns: nil if neither variable is set.
    /// - Throws: ``ConfigurationError`` for a URI that must not be asked for credentials.
    init?(_ configuration: SharedConfiguration) throws(ConfigurationError) {
        self.configuration = configuration
        if let path = configuration[Self.relativeVariable] {
            guard path.hasPrefix("/"), LocalService.isPlain(path) else {
                throw ConfigurationError("\(Self.relativeVariable) must be a path that begins with '/'")
            }
            url = "http://\(Self.host)\(path)"
        } else if let full = configuration[Self.fullVariable] {
            try Self.check(full)
            url = full
        } else {
            return nil
        }
    }

    /// The host decides: whoever answers chooses the keys, and gets the token.
    private static func check(_ url: String) throws(ConfigurationError) {
        guard LocalService.isPlain(url), let target = LocalService.target(of: url) else {
            throw ConfigurationError("\(fullVariable) must be a URL that begins with https:// or http://")
        }
        guard
            target.isSecure || Endpoint.isLoopback(target.host) || containerHosts.contains(target.hostName.lowercased())
        else {
            throw ConfigurationError(
                "\(fullVariable) names the host '\(printable(target.hostName))' without TLS; allowed: https, a loopback "
                    + "address, and \(containerHosts.sorted().joined(separator: ", "))")
        }
    }

    var source: CredentialsSource { .refreshed(options.clock) { try await load() } }

    private func load() async throws -> S3Credentials {
        let service = LocalService(name: "the container's credential service", seconds: 2, attemptCount: 3)
        var headers: HeaderFields = ["accept": "application/json"]
        headers["authorization"] = try await token()
        let body = try service.body(
            of: try await service.send("GET", url, headers),
            otherwise: "check \(Self.fullVariable) and the token in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        return try S3Credentials(document: body, token: "Token", from: service.name)
    }

    /// The token is read each time, because its file changes.
    private func token() async throws -> String? {
        if let path = configuration["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            return try await blocking { try SecretFile(path: path, role: "the container's token").text() }
        }
        let token = configuration["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        guard token?.utf8.allSatisfy({ $0 > 31 && $0 < 127 }) != false else {
            throw ConfigurationError("AWS_CONTAINER_AUTHORIZATION_TOKEN must be one line of ASCII characters")
        }
        return token
    }
}
