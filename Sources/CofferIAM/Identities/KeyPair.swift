/// An access key: its id, which is public, and its secret.
public struct KeyPair: Sendable, Equatable {
    /// The id, which requests name.
    public let accessKeyID: String
    /// The secret, which signs requests and is never sent.
    public let secretAccessKey: String

    /// Creates a pair from its id and secret, unchecked.
    public init(accessKeyID: String, secretAccessKey: String) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
    }

    /// Returns a new pair in AWS's format: an id of 20 characters, and a secret of 40 with 238 bits of randomness.
    package static func generate() -> KeyPair {
        let symbols = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        var random = SystemRandomNumberGenerator()
        return KeyPair(
            accessKeyID: IAMNames.uniqueID("AKIA", count: 16),
            secretAccessKey: String((0..<40).map { _ in symbols[Int.random(in: 0..<62, using: &random)] }))
    }
}
