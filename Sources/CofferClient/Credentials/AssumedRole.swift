import CofferModel
import CofferSystem

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
    var options = S3Client.Options()

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

/// Temporary credentials, which are renewed before they expire; one request renews them for all waiting callers.
actor RefreshedCredentials {
    private let load: @Sendable () async throws -> S3Credentials
    private let now: @Sendable () -> Timestamp
    private var present: S3Credentials?
    private var loading: Task<S3Credentials, any Error>?

    /// How long before they expire credentials are no longer used, in seconds: a request may take long to arrive.
    static let marginSeconds: Int64 = 300

    init(
        now: @escaping @Sendable () -> Timestamp = { ServiceClock.system.time },
        _ load: @escaping @Sendable () async throws -> S3Credentials
    ) {
        self.now = now
        self.load = load
    }

    func current() async throws -> S3Credentials {
        if let present, isFresh(present) { return present }
        // This is not a child task of the caller: others wait for it too, and cancelling one caller must not cancel it
        // for them.
        let task = loading ?? Task { try await load() }
        loading = task
        defer { if loading == task { loading = nil } }
        do {
            let credentials = try await task.value
            present = credentials
            return credentials
        } catch {
            // Credentials that have not expired are used until the service can be reached again.
            guard let present, isFresh(present, margin: 0) else { throw error }
            return present
        }
    }

    private func isFresh(_ credentials: S3Credentials, margin: Int64 = marginSeconds) -> Bool {
        guard let expiration = credentials.expiration else { return true }
        return expiration.seconds - margin > now().seconds
    }
}
