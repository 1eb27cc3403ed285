import CofferModel

/// A role, and how a session of it is asked for.
///
/// Source: AWS STS API Reference, AssumeRole.
struct AssumedRole: Sendable {
    let arn: String
    let sessionName: String
    let externalID: String?
    let seconds: Int

    func credentials(source: CredentialsSource, endpoint: String?, region: String) -> CredentialsSource {
        let session = RefreshedCredentials { try await assume(source, endpoint, region) }
        return CredentialsSource { try await session.current() }
    }

    private func assume(
        _ source: CredentialsSource, _ endpoint: String?, _ region: String
    ) async throws -> S3Credentials {
        let service = try QueryService(.sts, endpoint: endpoint, region: region, credentials: source)
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

/// Credentials that end, and are got anew before they do; one request gets them for all that wait.
actor RefreshedCredentials {
    private let load: @Sendable () async throws -> S3Credentials
    private let now: @Sendable () -> Timestamp
    private var present: S3Credentials?
    private var loading: Task<S3Credentials, any Error>?

    /// How long before their end credentials are no longer used, in seconds: a request may be long on its way.
    static let marginSeconds: Int64 = 300

    init(
        now: @escaping @Sendable () -> Timestamp = Timestamp.now,
        _ load: @escaping @Sendable () async throws -> S3Credentials
    ) {
        self.now = now
        self.load = load
    }

    func current() async throws -> S3Credentials {
        if let present, isFresh(present) { return present }
        // Not a child of the caller: others wait for it too, and a cancelled caller must not take it from them.
        let task = loading ?? Task { try await load() }
        loading = task
        defer { if loading == task { loading = nil } }
        let credentials = try await task.value
        present = credentials
        return credentials
    }

    private func isFresh(_ credentials: S3Credentials) -> Bool {
        guard let expiration = credentials.expiration else { return true }
        return expiration.seconds - Self.marginSeconds > now().seconds
    }
}
