import CofferModel
import CofferSystem
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
        .refreshed(.system) { try await blocking { try run() } }
    }

    /// - Throws: ``ConfigurationError`` without the program's output, which may contain part of a secret.
    private func run() throws(ConfigurationError) -> S3Credentials {
        guard let output = popen(command, "re") else {
            throw ConfigurationError("the credential_process cannot be started: \(String(cString: strerror(errno)))")
        }
        var bytes = [UInt8](repeating: 0, count: Self.byteLimit)
        let count = fread(&bytes, 1, bytes.count, output)
        guard pclose(output) == 0 else {
            throw ConfigurationError("the credential_process failed; run it in a shell to see why")
        }
        return try Self.credentials(of: Array(bytes.prefix(count)))
    }

    private static func credentials(of document: [UInt8]) throws(ConfigurationError) -> S3Credentials {
        // What is not JSON is reported below.
        let version = (try? JSONValue(document: document))?.object?["Version"]
        guard version == nil || version?.number?.integer() == 1 else {
            throw ConfigurationError("the credential_process must return JSON with Version 1")
        }
        return try S3Credentials(document: document, token: "SessionToken", from: "the credential_process")
    }
}
