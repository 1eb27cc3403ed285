/// Where a client's credentials come from. The source is asked before each request, so credentials may change.
public struct CredentialsSource: Sendable {
    /// nil leaves requests unsigned.
    package let load: @Sendable () async throws -> S3Credentials?

    /// Creates a custom source.
    ///
    /// - Parameter load: called for each request, so it should cache its credentials; nil leaves requests unsigned.
    public init(_ load: @escaping @Sendable () async throws -> S3Credentials?) { self.load = load }

    /// Requests are not signed.
    public static let anonymous = CredentialsSource { nil }

    /// Fixed keys, with the token of temporary ones.
    public static func keys(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil
    ) -> CredentialsSource {
        let credentials = S3Credentials(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken)
        return CredentialsSource { credentials }
    }

    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
    public static let environment = CredentialsSource {
        guard let credentials = SharedConfiguration.process.environmentCredentials else {
            throw ConfigurationError(
                "no credentials in the environment: set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        return credentials
    }
}
