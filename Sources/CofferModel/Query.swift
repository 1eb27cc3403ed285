/// A request's query: its parameters in order, with decoded names and values.
///
/// A name without `=` has an empty value. `+` means a space, as in S3.
package struct Query: Sendable {
    /// The parameters in the order of the query, decoded.
    package let parameters: [(name: String, value: String)]

    /// A query without parameters.
    package static let empty = Query()

    private init() { parameters = [] }

    /// Reads the text after a target's `?`.
    ///
    /// - Throws: `InvalidURI` for invalid percent-encoding, NUL, bytes that are not UTF-8, and more combining marks in
    ///   a row than a key can hold.
    package init(_ raw: some StringProtocol) throws(S3Error) {
        var parameters: [(name: String, value: String)] = []
        for pair in raw.split(at: "&") {
            let parts = pair.split(at: "=", maxSplits: 1, keepingEmpty: true)
            let value = parts.count > 1 ? try Self.decode(parts[1], marks: CombiningMarks.nameLimit) : ""
            parameters.append((try Self.decode(parts[0], marks: CombiningMarks.textLimit), value))
        }
        self.parameters = parameters
    }

    /// Returns the first value of a parameter.
    package subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// Returns whether a parameter occurs, with or without a value.
    package func contains(_ name: String) -> Bool {
        parameters.contains { $0.name == name }
    }

    /// Returns whether at least one of the parameters occurs.
    package func contains(anyOf names: Set<String>) -> Bool {
        parameters.contains { names.contains($0.name) }
    }

    /// - Parameter marks: the most combining marks in a row; real parameter names have none.
    private static func decode(_ text: Substring, marks: Int) throws(S3Error) -> String {
        guard let bytes = PercentEncoding.decode(text, plusIsSpace: true), !bytes.contains(0),
            let decoded = String(validating: bytes, as: UTF8.self),
            !CombiningMarks.exceed(marks, in: decoded)
        else { throw S3Error(.invalidURI) }
        return decoded
    }
}
