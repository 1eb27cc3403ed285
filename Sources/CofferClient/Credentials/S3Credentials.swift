public import CofferModel
package import CofferSigning

/// A key pair that signs requests, with the token and expiration of temporary credentials. No description shows its
/// secrets.
public struct S3Credentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The public part of the key pair.
    public let accessKeyID: String
    /// The secret part of the key pair.
    public let secretAccessKey: String
    /// The token of temporary credentials; nil for permanent ones.
    public let sessionToken: String?
    /// When temporary credentials expire; nil for permanent ones.
    public let expiration: Timestamp?

    /// Creates credentials.
    public init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Timestamp? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    /// The access key ID only.
    public var description: String { "S3Credentials(\(accessKeyID))" }
    /// The access key ID only.
    public var debugDescription: String { description }
    /// The access key ID only.
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }

    package var keys: Credentials { Credentials(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey) }
}
