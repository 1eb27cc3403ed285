package import CofferModel

/// Where the statements of a policy stand in its document.
package enum StatementPositions {
    /// From its opening brace to behind its closing one.
    package struct Span: Sendable, Equatable {
        package let start: TextPosition
        package let end: TextPosition
    }

    /// The spans of all statements, in their order; none if the document is not JSON.
    package static func spans(in document: [UInt8]) -> [Span] {
        guard let value = try? JSONValue(document: document) else { return [] }  // Who reads the policy says why.
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
