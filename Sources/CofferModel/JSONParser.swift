/// Reads JSON (RFC 8259) in one pass over the bytes.
struct JSONParser {
    /// The deepest nesting of arrays and objects. Policies and descriptors have about ten levels.
    static let depthLimit = 32
    /// The most values of a document: each costs time and memory, however short it is. A policy has a few thousand at
    /// most.
    static let valueLimit = 200_000

    let bytes: [UInt8]
    let dialect: JSONValue.Dialect
    private let valueLimit: Int
    var position = 0
    private var valueCount = 0

    /// - Throws: ``JSONFault`` for a document that is not UTF-8, and for a byte order mark, which RFC 8259 section 8.1
    ///   forbids.
    init(_ document: [UInt8], _ dialect: JSONValue.Dialect, valueLimit: Int) throws(JSONFault) {
        bytes = document
        self.dialect = dialect
        self.valueLimit = valueLimit
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: document.span)
        } catch {
            throw fault(.encoding, at: error.byteOffsets.lowerBound)
        }
        if document.starts(with: [0xEF, 0xBB, 0xBF]) { throw fault(.encoding, at: 0) }
    }

    mutating func document() throws(JSONFault) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw unexpected("the end of the document") }
        return value
    }

    /// Reads a value. Recursion is bounded by ``depthLimit``, so that no document overflows the stack.
    private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        skipSpace()
        valueCount += 1
        guard valueCount <= valueLimit else { throw fault(.tooManyValues(valueLimit), at: position) }
        let start = position
        let content: JSONValue.Content =
            switch next {
            case UInt8(ascii: "{"): .object(try object(depth: depth + 1))
            case UInt8(ascii: "["): .array(try array(depth: depth + 1))
            case UInt8(ascii: "\""): .string(try string())
            case UInt8(ascii: "'") where dialect == .postPolicy: .string(try string())
            case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): .number(try number())
            default: try word()
            }
        return JSONValue(content, start..<position)
    }

    private mutating func word() throws(JSONFault) -> JSONValue.Content {
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        if take("null") { return .null }
        throw unexpected("a value")
    }

    // MARK: Arrays and objects

    private mutating func array(depth: Int) throws(JSONFault) -> [JSONValue] {
        try open(depth)
        var items: [JSONValue] = []
        while try !isAtEnd(UInt8(ascii: "]"), isFirst: items.isEmpty) {
            items.append(try value(depth: depth))
        }
        return items
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONObject {
        try open(depth)
        var members: [JSONObject.Member] = []
        var names = JSONNames()
        while try !isAtEnd(UInt8(ascii: "}"), isFirst: members.isEmpty) {
            let start = position
            let isText = next == UInt8(ascii: "\"") || (next == UInt8(ascii: "'") && dialect == .postPolicy)
            guard isText else { throw unexpected("a name in quotes") }
            let name = try string()
            guard names.insert(name, at: members.count) else { throw fault(.duplicateName(name), at: start) }
            skipSpace()
            guard take(":") else { throw unexpected("':'") }
            members.append((name, try value(depth: depth)))
        }
        return JSONObject(members: members, places: names.places)
    }

    private mutating func open(_ depth: Int) throws(JSONFault) {
        guard depth <= Self.depthLimit else { throw fault(.tooDeep, at: position) }
        position += 1
    }

    /// Skips the comma before each item but the first, or the closing bracket.
    private mutating func isAtEnd(_ bracket: UInt8, isFirst: Bool) throws(JSONFault) -> Bool {
        skipSpace()
        let hasComma = !isFirst && take(",")
        if hasComma { skipSpace() }
        if next == bracket, !hasComma || dialect == .postPolicy {
            position += 1
            return true
        }
        guard isFirst || hasComma else {
            throw unexpected("',' or '\(Character(UnicodeScalar(bracket)))'")
        }
        return false
    }

    // MARK: Bytes

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// The byte at the current position; nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for index in 0..<count where bytes[position + index] != word.utf8Start[index] { return false }
        position += count
        return true
    }

    func unexpected(_ expected: String) -> JSONFault { fault(.unexpected(expected), at: position) }

    func fault(_ kind: JSONFault.Kind, at offset: Int) -> JSONFault {
        JSONFault(kind: kind, position: TextPosition(of: offset, in: bytes))
    }
}

/// The names of one object, compared byte by byte.
struct JSONNames {
    private var few: [String] = []
    /// The index of each name among the members; empty while there are only a few members.
    private(set) var places: [ExactText: Int] = [:]

    /// The most names that are searched one by one.
    private static let fewCount = 8

    /// - Returns: whether the name is new.
    mutating func insert(_ name: String, at place: Int) -> Bool {
        if place < Self.fewCount {
            guard !few.contains(where: { $0.hasBytes(of: name) }) else { return false }
            few.append(name)
            return true
        }
        if places.isEmpty {
            for (place, name) in few.enumerated() { places[ExactText(name)] = place }
        }
        return places.updateValue(place, forKey: ExactText(name)) == nil
    }
}
