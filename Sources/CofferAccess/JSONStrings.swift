import CofferModel

/// The strings of a JSON document where they stand, for what a reader of values does not tell.
struct JSONStrings: Sequence, IteratorProtocol {
    private let document: [UInt8]
    private var position = 0
    private var open: [Container] = []
    private var expectsName = false

    private struct Container {
        let start: Int
        let isObject: Bool
        /// Of the member that is being read.
        var name: String?
    }

    struct Element {
        /// With the quotation marks.
        let range: ClosedRange<Int>
        let isName: Bool
        /// Where the object or array around it begins.
        let container: Int
        /// The names of the members that it stands in, the outermost first; arrays have none.
        let path: [String]
    }

    /// - Parameter document: JSON that was read already.
    init(_ document: [UInt8]) { self.document = document }

    mutating func next() -> Element? {
        while position < document.count {
            defer { position += 1 }
            switch document[position] {
            case UInt8(ascii: "{"):
                open.append(Container(start: position, isObject: true))
                expectsName = true
            case UInt8(ascii: "["):
                open.append(Container(start: position, isObject: false))
                expectsName = false
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = open.popLast()
                expectsName = false
            case UInt8(ascii: ","): expectsName = open.last?.isObject ?? false
            case UInt8(ascii: "\""):
                let range = position...Self.end(ofString: position, document)
                position = range.upperBound
                return element(range)
            default: break
            }
        }
        return nil
    }

    /// What a string says.
    func text(_ range: ClosedRange<Int>) -> String? { JSONValue(document: Array(document[range]))?.string }

    private mutating func element(_ range: ClosedRange<Int>) -> Element {
        let isName = expectsName
        expectsName = false
        if isName { open[open.count - 1].name = text(range) }
        return Element(
            range: range, isName: isName, container: open.last?.start ?? 0, path: open.compactMap(\.name))
    }

    /// The quotation mark that ends a string.
    static func end(ofString start: Int, _ document: [UInt8]) -> Int {
        var position = start + 1
        while position < document.count - 1, document[position] != UInt8(ascii: "\"") {
            position += document[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return Swift.min(position, document.count - 1)
    }
}
