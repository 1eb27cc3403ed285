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
    package init(_ raw: String) throws(S3Error) {
        let bytes = raw.utf8Span.span
        var parameters: [(name: String, value: String)] = []
        var start = 0
        while start < bytes.count {
            let end = bytes.first(UInt8(ascii: "&"), in: start..<bytes.count) ?? bytes.count
            if end > start { parameters.append(try Self.parameter(bytes, start..<end)) }
            start = end + 1
        }
        self.parameters = parameters
    }

    private static func parameter(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(S3Error) -> (name: String, value: String) {
        let end = bytes.first(UInt8(ascii: "="), in: range) ?? range.upperBound
        let name = try decode(bytes, range.lowerBound..<end, marks: CombiningMarks.textLimit)
        guard end < range.upperBound else { return (name, "") }
        return (name, try decode(bytes, end + 1..<range.upperBound, marks: CombiningMarks.nameLimit))
    }

    /// - Parameter marks: the most combining marks in a row; real parameter names have none.
    private static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>, marks: Int) throws(S3Error) -> String {
        if isPlain(bytes, range) { return bytes.text(range) }
        guard let decoded = PercentEncoding.decode(bytes, range, plusIsSpace: true), !decoded.contains(0),
            let text = String(validating: decoded, as: UTF8.self), !CombiningMarks.exceed(marks, in: text)
        else { throw S3Error(.invalidURI) }
        return text
    }

    /// Whether a range is ASCII that means itself, as most of it does.
    private static func isPlain(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range {
            switch bytes[index] {
            case 0, UInt8(ascii: "%"), UInt8(ascii: "+"), 128...: return false
            default: continue
            }
        }
        return true
    }

    /// Returns the first value of a parameter.
    package subscript(name: String) -> String? {
        let count = name.utf8.count
        // Comparing the lengths first saves most comparisons of texts.
        for parameter in parameters where parameter.name.utf8.count == count && parameter.name == name {
            return parameter.value
        }
        return nil
    }

    /// Returns whether a parameter occurs, with or without a value.
    package func contains(_ name: String) -> Bool { self[name] != nil }

    /// Returns whether at least one of the parameters occurs.
    package func contains(anyOf names: Set<String>) -> Bool {
        parameters.contains { names.contains($0.name) }
    }
}
