/// The text of a statement, by which a connection keeps the statement that it prepared.
///
/// A text that is used often is a constant: then it is put together and hashed only once.
package struct SQL: Hashable, Sendable, ExpressibleByStringInterpolation {
    package let text: String
    private let textHash: Int

    package init(_ text: String) {
        self.text = text
        textHash = text.hashValue
    }

    package init(stringLiteral text: String) { self.init(text) }

    package func hash(into hasher: inout Hasher) { hasher.combine(textHash) }
}
