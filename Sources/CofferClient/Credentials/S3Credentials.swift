public import CofferModel
package import CofferSigning

/// A key pair that signs requests, with the token and expiration of temporary credentials. No description shows its
/// secrets.
public struct S3Credentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let accessKeyID: String
    public let secretAccessKey: String
    public let sessionToken: String?
    /// When temporary credentials expire; nil for permanent ones.
    public let expiration: Timestamp?

    public init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Timestamp? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    public var description: String { "S3Credentials(\(accessKeyID))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }

    package var keys: Credentials { Credentials(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey) }
}

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
        _ accessKeyID: String, _ secretAccessKey: String, sessionToken: String? = nil
    ) -> CredentialsSource {
        let credentials = S3Credentials(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken)
        return CredentialsSource { credentials }
    }

    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
    public static let environment = CredentialsSource {
        guard let credentials = SharedConfiguration.process.environmentCredentials else {
            throw ConfigurationError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set")
        }
        return credentials
    }

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

    /// Returns a source of a role's temporary credentials, which are requested from STS with the credentials of another
    /// source, and renewed before they expire.
    ///
    /// - Parameters:
    ///   - seconds: how long the credentials are valid, 900 to 43,200 as far as the role allows.
    ///   - endpoint: the endpoint of STS; nil takes `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL` or the profile's
    ///     endpoint, or else Amazon's in the region.
    ///   - region: nil takes the environment's or the profile's, or else `us-east-1`.
    ///   - options: how requests are sent to STS.
    public static func role(
        _ arn: String, sessionName: String = "coffer", externalID: String? = nil, seconds: Int = 3600,
        source: CredentialsSource = .default, endpoint: String? = nil, region: String? = nil,
        options: S3Client.Options = S3Client.Options()
    ) -> CredentialsSource {
        let role = AssumedRole(
            arn: arn, sessionName: sessionName, externalID: externalID, seconds: seconds, endpoint: endpoint,
            region: region, options: options)
        return role.credentials(source: source, .process)
    }
}
