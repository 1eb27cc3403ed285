#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A text that equals another one only if all their bytes are the same.
///
/// Swift's strings are equal across Unicode normalisation forms, and each non-ASCII string is normalised for every
/// lookup in a set or dictionary, which takes some hundred times as long as reading its bytes.
package struct ExactText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: ExactText, right: ExactText) -> Bool { left.text.hasBytes(of: right.text) }

    package func hash(into hasher: inout Hasher) {
        let span = text.utf8Span.span
        span.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension String {
    /// Whether another text has the same bytes.
    package func hasBytes(of other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let (bytes, others) = (utf8Span.span, other.utf8Span.span)
        return bytes.withUnsafeBytes { bytes in
            others.withUnsafeBytes { others in
                guard let start = bytes.baseAddress, let other = others.baseAddress else { return true }
                return memcmp(start, other, bytes.count) == 0
            }
        }
    }
}

extension [UInt8] {
    /// Whether another array has the same bytes. Swift compares arrays one element after the other.
    func isIdentical(to other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { bytes in
            other.withUnsafeBytes { others in
                guard let start = bytes.baseAddress, let other = others.baseAddress else { return true }
                return memcmp(start, other, bytes.count) == 0
            }
        }
    }
}
