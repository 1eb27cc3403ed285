/// The reason why a document is not valid JSON, and the position of the fault.
package struct JSONFault: Error, Sendable, CustomStringConvertible {
    package let kind: Kind
    package let position: TextPosition

    package enum Kind: Sendable, Equatable {
        /// The document is not UTF-8, or begins with a byte order mark.
        case encoding
        /// A name occurs twice in one object; the position is that of the second occurrence.
        case duplicateName(String)
        case tooDeep
        /// The document has more values than the given limit.
        case tooManyValues(Int)
        /// The character at the position is not what JSON requires there, which the text describes.
        case unexpected(String)
    }

    /// A sentence that begins with the position: `line 3, column 7: expected ',' or '}'`.
    package var description: String { "\(position): \(reason)" }

    private var reason: String {
        switch kind {
        case .encoding: "the text must be UTF-8 without a byte order mark"
        case .duplicateName(let name):
            "the name \(JSONValue.quoted(String(name.unicodeScalars.prefix(100)))) occurs twice"
        case .tooDeep: "nested too deeply; \(JSONParser.depthLimit) levels are allowed"
        case .tooManyValues(let limit): "too many values; \(limit) are allowed"
        case .unexpected(let expected): "expected \(expected)"
        }
    }
}
