package import CofferModel

/// The positions of a policy's statements in its document.
package enum StatementPositions {
    /// The range of a statement, from its opening brace to just past its closing one.
    package struct Span: Sendable, Equatable {
        package let start: TextPosition
        package let end: TextPosition
    }

    /// Returns the spans of all statements, in order; none if the document is not JSON.
    package static func spans(in document: [UInt8]) -> [Span] {
        guard let value = try? JSONValue(document: document) else { return [] }  // The policy reader reports the error.
        var (place, offset) = (TextPosition(), 0)
        func position(at end: Int) -> TextPosition {
            for byte in document[offset..<end] { place.pass(byte) }
            offset = end
            return place
        }
        return (value.object?["Statement"]?.statements ?? []).map { statement in
            let start = position(at: statement.range.lowerBound)
            return Span(start: start, end: position(at: statement.range.upperBound))
        }
    }
}
