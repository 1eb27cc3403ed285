import COpenSSL

/// Whether two byte strings are equal, in a time that does not depend on where they differ.
package func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}

/// Whether the bytes of two texts are equal, in a time that does not depend on where they differ.
package func isEqualInConstantTime(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count else { return false }
    let (bytes, others) = (left.utf8Span.span, right.utf8Span.span)
    return bytes.withUnsafeBytes { bytes in
        others.withUnsafeBytes { CRYPTO_memcmp(bytes.baseAddress, $0.baseAddress, bytes.count) == 0 }
    }
}
