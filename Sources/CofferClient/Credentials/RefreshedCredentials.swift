import CofferModel
import CofferSystem

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
