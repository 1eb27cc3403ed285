/// Why a document is not read as JSON, and where it ends being that.
package struct JSONFault: Error, Sendable, CustomStringConvertible {
    package let kind: Kind
    package let position: TextPosition

    package enum Kind: Sendable, Equatable {
        /// It is not UTF-8, or begins with a byte order mark.
        case encoding
        /// A name that occurs twice in one object; the position is that of the second.
        case duplicateName(String)
        case tooDeep
        /// More than so many.
        case tooManyValues(Int)
        /// The character at the position is not what JSON has there.
        case unexpected(String)
    }

    /// A sentence that begins with the place: `line 3, column 7: expected ',' or '}'`.
    package var description: String { "\(position): \(reason)" }

    private var reason: String {
        switch kind {
        case .encoding: "not UTF-8 without a byte order mark"
        case .duplicateName(let name):
            "the name \(JSONValue.quoted(String(name.unicodeScalars.prefix(100)))) occurs twice"
        case .tooDeep: "nested deeper than \(JSONParser.depthLimit) levels"
        case .tooManyValues(let limit): "more than \(limit) values"
        case .unexpected(let expected): "expected \(expected)"
        }
    }
}
