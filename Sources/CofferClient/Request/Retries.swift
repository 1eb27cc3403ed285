import CofferModel

/// How often a request that failed for a transient reason is sent again, and after what pause.
///
/// The pause is random up to a bound that doubles each time ("full jitter"). Source: AWS SDKs and Tools Reference Guide,
/// "Retry behavior".
public struct RetryPolicy: Sendable, Hashable {
    /// The most attempts, including the first one; at least 1.
    public var attemptCount: Int
    /// The bound of the first pause, in seconds; if the service asks to slow down, it is twenty times as long.
    public var firstPauseSeconds: Double
    /// The longest bound, in seconds.
    public var longestPauseSeconds: Double

    /// Creates a policy; the defaults are those of AWS's SDKs, with five attempts.
    public init(attemptCount: Int = 5, firstPauseSeconds: Double = 0.05, longestPauseSeconds: Double = 20) {
        self.attemptCount = max(1, attemptCount)
        self.firstPauseSeconds = firstPauseSeconds
        self.longestPauseSeconds = longestPauseSeconds
    }

    /// No retries: every request is sent once.
    public static let none = RetryPolicy(attemptCount: 1)

    /// Waits before another attempt.
    ///
    /// - Parameter attempt: the number of attempts so far.
    func pause(after attempt: Int, isThrottled: Bool) async throws(CancellationError) {
        let first = firstPauseSeconds * (isThrottled ? 20 : 1)
        let bound = min(longestPauseSeconds, first * Double(1 << min(attempt - 1, 20)))
        guard bound > 0, bound.isFinite else { return }
        do {
            try await Task.sleep(for: .seconds(Double.random(in: 0...bound)))
        } catch {
            throw CancellationError()
        }
    }
}

extension S3Error {
    /// Whether the service asks for fewer requests.
    var isThrottling: Bool {
        [429, 503].contains(code.status)
            || ["SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"]
                .contains(code.name)
    }

    /// Whether the same request may succeed when it is sent again.
    var isPassing: Bool {
        isThrottling || [500, 502, 504].contains(code.status)
            || [
                "InternalError", "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable",
                "IDPCommunicationError",
            ].contains(code.name)
    }
}
