import CofferModel

/// Where the statements of a policy stand in its document.
package enum StatementPositions {
    /// A place in a text: its line and its column, a character each, both counted from one.
    package struct Position: Sendable, Equatable {
        package var line = 1
        package var column = 1
    }

    /// From its opening brace to behind its closing one.
    package struct Span: Sendable, Equatable {
        package let start: Position
        package let end: Position
    }

    /// The spans of all statements, in their order.
    ///
    /// - Parameter document: of a policy that was read already.
    package static func spans(in document: [UInt8]) -> [Span] {
        var spans: [Span] = []
        var place = Position()
        var depth = 0
        /// Of the member of the document that is being read.
        var name = ""
        var isList = false
        var start: Position?
        var index = 0
        while index < document.count {
            let byte = document[index]
            let end = byte == UInt8(ascii: "\"") ? JSONStrings.end(ofString: index, document) : index
            let begins = place
            for position in index...end { place.pass(document[position]) }
            switch byte {
            case UInt8(ascii: "\"") where depth == 1:
                name = JSONValue(document: Array(document[index...end]))?.string ?? ""
            case UInt8(ascii: ",") where depth == 1: name = ""
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 1 { isList = byte == UInt8(ascii: "[") }
                if byte == UInt8(ascii: "{"), name == "Statement", depth == (isList ? 2 : 1) { start = begins }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if let begun = start, depth == (isList ? 2 : 1) {
                    spans.append(Span(start: begun, end: place))
                    start = nil
                }
            default: break
            }
            index = end + 1
        }
        return spans
    }
}

extension StatementPositions.Position {
    fileprivate mutating func pass(_ byte: UInt8) {
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if byte & 0xC0 != 0x80 {
            column += 1
        }
    }
}
