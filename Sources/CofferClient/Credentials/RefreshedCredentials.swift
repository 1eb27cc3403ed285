import CofferModel
package import CofferSystem

extension CredentialsSource {
    /// Returns a source of temporary credentials, which are renewed before they expire.
    ///
    /// - Parameter load: called when credentials are first needed, and for their renewal.
    package static func refreshed(
        _ clock: ServiceClock, _ load: @escaping @Sendable () async throws -> S3Credentials
    ) -> CredentialsSource {
        let credentials = RefreshedCredentials(clock, load)
        return CredentialsSource { try await credentials.current() }
    }
}

/// Temporary credentials, which are renewed before they expire; one request renews them for all waiting callers.
actor RefreshedCredentials {
    private let clock: ServiceClock
    private let load: @Sendable () async throws -> S3Credentials
    private var present: S3Credentials?
    private var loading: Task<S3Credentials, any Error>?
    /// No attempt is made before this time to renew credentials that have not expired.
    private var nextLoad = Timestamp(milliseconds: .min)

    /// How long before they expire credentials are renewed, in seconds: a request may take long to arrive.
    static let marginSeconds: Int64 = 300
    /// The pause between two attempts to renew credentials that have not expired, in seconds.
    static let pauseSeconds: Int64 = 30

    init(_ clock: ServiceClock, _ load: @escaping @Sendable () async throws -> S3Credentials) {
        self.clock = clock
        self.load = load
    }

    func current() async throws -> S3Credentials {
        if let present, lasts(present, Self.marginSeconds) || lasts(present, 0) && clock.time < nextLoad {
            return present
        }
        // This is not a child task of the caller: others wait for it too, and cancelling one caller must not cancel it
        // for them.
        let task = loading ?? Task { try await load() }
        loading = task
        defer { if loading == task { loading = nil } }
        do {
            let credentials = try await task.value
            pause()
            present = credentials
            return credentials
        } catch {
            pause()
            // Credentials that have not expired are used until the service can be reached again.
            guard let present, lasts(present, 0) else { throw error }
            return present
        }
    }

    private func pause() { nextLoad = Timestamp(seconds: clock.time.seconds + Self.pauseSeconds) }

    private func lasts(_ credentials: S3Credentials, _ seconds: Int64) -> Bool {
        guard let expiration = credentials.expiration else { return true }
        return expiration.seconds - seconds > clock.time.seconds
    }
}
