import CofferModel
import Glibc

/// A user's own program that prints credentials.
///
/// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
struct CredentialProcess: Sendable {
    /// The command, as the shell reads it. It appears in no error, because it may contain secrets.
    let command: String

    /// The most bytes that are read of its output.
    private static let byteLimit = 64 << 10

    var credentials: CredentialsSource {
        let session = RefreshedCredentials { try await blocking { try run() } }
        return CredentialsSource { try await session.current() }
    }

    /// - Throws: ``ConfigurationError`` without the program's output, which may contain part of a secret.
    private func run() throws(ConfigurationError) -> S3Credentials {
        guard let output = popen(command, "re") else {
            throw ConfigurationError("the credential_process cannot be started: \(String(cString: strerror(errno)))")
        }
        var bytes = [UInt8](repeating: 0, count: Self.byteLimit)
        let count = fread(&bytes, 1, bytes.count, output)
        guard pclose(output) == 0 else { throw ConfigurationError("the credential_process failed") }
        return try Self.credentials(of: Array(bytes.prefix(count)))
    }

    private static func credentials(of document: [UInt8]) throws(ConfigurationError) -> S3Credentials {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(document: document)
        } catch {
            throw ConfigurationError("the credential_process must print JSON: \(error.position) is not")
        }
        guard let fields = value.object, fields["Version"]?.number?.integer() == 1,
            let id = fields["AccessKeyId"]?.string, let secret = fields["SecretAccessKey"]?.string
        else {
            throw ConfigurationError(
                "the credential_process must print JSON with Version 1, AccessKeyId and SecretAccessKey")
        }
        let end = fields["Expiration"]?.strings?.first.flatMap { Timestamp(parsing: $0) }
        guard fields["Expiration"] == nil || end != nil else {
            throw ConfigurationError("the credential_process printed an Expiration that is not a time of ISO 8601")
        }
        return S3Credentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: fields["SessionToken"]?.strings?.first,
            expiration: end)
    }
}
