import CofferModel
import Glibc

/// A file with a token, which others may replace at any time.
struct SecretFile: Sendable {
    let path: String
    /// What the file has, for errors.
    let role: String

    /// The longest token, in bytes: the limit of STS for the token of a web identity.
    private static let byteLimit = 20_000

    /// Returns the token, without white space around it; reading the file may block.
    ///
    /// - Throws: ``ConfigurationError``, which does not show the content, for a file that cannot be read, is empty or too
    ///   long, or has more than one line.
    func text() throws(ConfigurationError) -> String {
        guard let file = fopen(path, "re") else { throw failure(String(cString: strerror(errno))) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: Self.byteLimit + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw failure(String(cString: strerror(errno))) }
        guard count <= Self.byteLimit else { throw failure("it is longer than \(Self.byteLimit) bytes") }
        let isSpace = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
        var token = bytes.prefix(count).drop(while: isSpace)
        while let last = token.last, isSpace(last) { token.removeLast() }
        guard !token.isEmpty else { throw failure("it is empty") }
        guard token.allSatisfy({ $0 > 31 && $0 < 127 }) else {
            throw failure("a token is one line of ASCII characters")
        }
        return String(decoding: token, as: UTF8.self)
    }

    private func failure(_ reason: String) -> ConfigurationError {
        ConfigurationError("cannot read \(role) from \(printable(path)): \(reason)")
    }
}
