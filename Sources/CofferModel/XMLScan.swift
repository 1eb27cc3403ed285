/// Scans the markup of an XML document in one pass, before libxml2 reads it.
///
/// libxml2 takes quadratic time in a tag's attributes and in the namespaces in scope, and time and memory for every
/// element, comment and processing instruction; S3's documents do not have many of them. The scan recognises the same
/// markup as libxml2 up to the first syntax error, at which both stop.
struct XMLScan {
    private let bytes: [UInt8]
    private var position = 0
    /// The number of attributes of each open element.
    private var open: [Int] = []
    private var openAttributeCount = 0
    private var markupCount = 0

    /// Whether a document is in UTF-8, has no document type declaration, and stays within the limits of S3's documents.
    static func isPlain(_ document: [UInt8]) -> Bool {
        guard (try? UTF8Span(validating: document.span)) != nil else { return false }  // Not UTF-8.
        var scan = XMLScan(bytes: document)
        return scan.isPlain()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func isPlain() -> Bool {
        if starts(with: "\u{feff}") { position += 3 }
        if starts(with: "<?xml") {
            let start = position
            guard pass("?>"), Self.isUTF8(bytes[start..<position]) else { return false }
        }
        while let markup = bytes[position...].firstIndex(of: UInt8(ascii: "<")) {
            position = markup
            guard isPlainMarkup() else { return false }
        }
        return true
    }

    /// Whether an XML declaration names no encoding, UTF-8 or its subset ASCII.
    private static func isUTF8(_ declaration: ArraySlice<UInt8>) -> Bool {
        guard declaration.count <= Limits.tagByteCount else { return false }
        let text = String(decoding: declaration.filter { $0 > 32 }, as: UTF8.self).lowercased()
        guard text.utf8.firstRange(of: "encoding=".utf8) != nil else { return true }
        return ["utf-8", "utf8", "us-ascii"].contains { name in
            text.utf8.firstRange(of: "encoding=\"\(name)\"".utf8) != nil
                || text.utf8.firstRange(of: "encoding='\(name)'".utf8) != nil
        }
    }

    private mutating func isPlainMarkup() -> Bool {
        markupCount += starts(with: "</") ? 0 : 1
        guard markupCount <= Limits.markupCount else { return false }
        if starts(with: "<!--") { return pass("-->") }
        if starts(with: "<![CDATA[") { return pass("]]>") }
        if starts(with: "<?") { return pass("?>") }
        if starts(with: "<!") { return false }
        return passTag()
    }

    /// Skips a start tag, an end tag or an empty-element tag. S3's names and attributes are ASCII.
    private mutating func passTag() -> Bool {
        let isEnd = starts(with: "</")
        var (quote, attributeCount) = (UInt8(0), 0)
        for index in position..<min(position + Limits.tagByteCount, bytes.count) {
            let byte = bytes[index]
            if byte >= 0x80 { return false }
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
                attributeCount += 1
            } else if byte == UInt8(ascii: ">") {
                position = index + 1
                return isEnd ? close() : begin(attributeCount, isEmpty: bytes[index - 1] == UInt8(ascii: "/"))
            }
        }
        return false
    }

    private mutating func begin(_ attributeCount: Int, isEmpty: Bool) -> Bool {
        open.append(attributeCount)
        openAttributeCount += attributeCount
        let isPlain =
            open.count <= Limits.documentDepth && openAttributeCount <= Limits.openAttributeCount
        return isPlain && (!isEmpty || close())
    }

    private mutating func close() -> Bool {
        guard let attributeCount = open.popLast() else { return false }
        openAttributeCount -= attributeCount
        return true
    }

    // MARK: Bytes

    private func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        return (0..<count).allSatisfy { bytes[position + $0] == text.utf8Start[$0] }
    }

    /// Advances past the next end of a comment, section or processing instruction.
    ///
    /// - Returns: whether an end was found.
    private mutating func pass(_ end: StaticString) -> Bool {
        // Skips the opening delimiter, which must not overlap with the closing one: "<!-->" is not a comment.
        position += starts(with: "<!--") ? 4 : starts(with: "<!") ? 9 : 2
        while position < bytes.count {
            if starts(with: end) {
                position += end.utf8CodeUnitCount
                return true
            }
            position += 1
        }
        return false
    }
}
