import CofferCrypto
import CofferHTTP

/// The token that callers send as `Authorization: Bearer TOKEN` to read the metrics.
public struct MetricsToken: Sendable {
    private let bytes: [UInt8]

    /// - Returns: nil unless the text consists of 16 to 1,024 visible ASCII characters.
    public init?(_ text: String) {
        bytes = Array(text.utf8)
        guard (16...1024).contains(bytes.count), bytes.allSatisfy({ (33...126).contains($0) }) else { return nil }
    }

    /// Returns whether a request carries the token. The scheme's name is case-insensitive (RFC 9110 section 11.1).
    func isIn(_ head: HTTPRequestHead) -> Bool {
        let parts = (head.headers["authorization"] ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        return isEqualInConstantTime(Array(parts[1].utf8), bytes)
    }
}
