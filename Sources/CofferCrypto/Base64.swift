import FoundationEssentials

/// Returns the Base64 text of bytes, with padding (RFC 4648 section 4).
package func base64(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString()
}

/// Returns the bytes that Base64 text encodes; nil for anything that is not strict Base64.
package func bytes(base64 text: String) -> [UInt8]? {
    // Foundation ignores superfluous padding and bits.
    guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
    return [UInt8](data)
}

/// Whether text would be valid Base64 if the unused bits of its last character were zero.
package func hasLooseBits(base64 text: String) -> Bool {
    guard let strict = Data(base64Encoded: text)?.base64EncodedString() else { return false }
    return strict.utf8.count == text.utf8.count && strict != text
}
