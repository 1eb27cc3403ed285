private import Glibc

/// The part of an address that identifies one client: a complete IPv4 address, or the first 64 bits of an IPv6 address,
/// since whoever has one address of such a network has all of them (RFC 6177).
enum ClientNetwork {
    /// - Parameter address: numeric, without a port.
    static func of(_ address: String) -> String {
        var bytes = in6_addr()
        guard address.utf8.contains(UInt8(ascii: ":")), inet_pton(AF_INET6, address, &bytes) == 1 else {
            return address
        }
        return withUnsafeBytes(of: bytes) { bytes in
            let isMappedIPv4 = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
            guard !isMappedIPv4 else { return address }
            return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
        }
    }
}
