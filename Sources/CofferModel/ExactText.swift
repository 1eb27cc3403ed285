/// A text that is equal to another one only if all their bytes are the same.
///
/// Swift's own texts are equal across Unicode's normal forms, and where they are not ASCII each look into a set or
/// dictionary normalises them first, which takes some hundred times as long as reading their bytes.
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
    func hasBytes(of other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
