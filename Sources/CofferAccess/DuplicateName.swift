import CofferModel

/// Looks for a name that stands twice in one object of a JSON document, of which a reader keeps only one.
enum DuplicateName {
    /// - Parameter document: JSON that was read already.
    static func first(in document: [UInt8]) -> String? {
        /// The names of the objects that are open; nil for an array.
        var open: [Set<String>?] = []
        var expectsName = false
        var position = 0
        while position < document.count {
            switch document[position] {
            case UInt8(ascii: "{"):
                open.append([])
                expectsName = true
            case UInt8(ascii: "["):
                open.append(nil)
                expectsName = false
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = open.popLast()
                expectsName = false
            case UInt8(ascii: ","): expectsName = open.last.map { $0 != nil } ?? false
            case UInt8(ascii: "\""):
                let end = end(ofString: position, document)
                if expectsName, let name = JSONValue(document: Array(document[position...end]))?.string {
                    guard open[open.count - 1]?.insert(name).inserted == true else { return name }
                }
                expectsName = false
                position = end
            default: break
            }
            position += 1
        }
        return nil
    }

    /// The quotation mark that ends a string.
    static func end(ofString start: Int, _ document: [UInt8]) -> Int {
        var position = start + 1
        while position < document.count - 1, document[position] != UInt8(ascii: "\"") {
            position += document[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position, document.count - 1)
    }
}
