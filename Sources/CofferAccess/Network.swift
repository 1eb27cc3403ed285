import Glibc

/// A range of IPv4 or IPv6 addresses in CIDR notation; a bare address is a range of one.
package struct Network: Sendable {
    private let address: [UInt8]
    private let prefixLength: Int

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ Self.bytes(of: String($0)) }) else { return nil }
        let isNumber = parts.count == 2 && parts[1].utf8.allSatisfy { (48...57).contains($0) }
        let length = parts.count == 1 ? address.count * 8 : isNumber ? Int(parts[1]) : nil
        guard parts.count <= 2, let length, (0...address.count * 8).contains(length) else { return nil }
        self.address = address
        prefixLength = length
    }

    /// Whether the range is so large that it hardly restricts access: more than a /8 of IPv4, or more than a /32 of
    /// IPv6.
    ///
    /// Source: S3 User Guide, "The meaning of 'public'".
    var isBroad: Bool {
        guard address.count == 4 else { return prefixLength < 32 }
        return prefixLength < 8
    }

    package static func isAddress(_ text: String) -> Bool { bytes(of: text) != nil }

    package func contains(_ text: String) -> Bool {
        guard let other = Self.bytes(of: text), other.count == address.count else { return false }
        for (index, (left, right)) in zip(address, other).enumerated() {
            let bits = min(8, prefixLength - index * 8)
            guard bits > 0 else { return true }
            guard (left ^ right) >> UInt8(8 - bits) == 0 else { return false }
        }
        return true
    }

    /// Returns the 4 or 16 bytes of an address; an IPv4-mapped IPv6 address counts as IPv4.
    private static func bytes(of text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var sixteen = in6_addr()
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &sixteen) { Array($0) }
        let mapped = [UInt8](repeating: 0, count: 10) + [255, 255]
        return bytes.starts(with: mapped) ? Array(bytes.suffix(4)) : bytes
    }
}
