/// An element of a request's XML document: its local name, its text and its child elements.
///
/// Namespaces and attributes are ignored, except for ``type``: they carry no other meaning in S3's request documents.
package struct XMLElement: Sendable {
    /// The local name, without its namespace's prefix.
    package let name: String
    /// The value of the attribute `xsi:type`, which is the kind of an ACL's grantee.
    package let type: String?
    /// The text of the element itself, with entities decoded; empty if there is none.
    package private(set) var text: String = ""
    /// The child elements, in the order of the document.
    package private(set) var children: [XMLElement] = []

    private init(name: String, type: String?) {
        self.name = name
        self.type = type
    }

    /// Parses a complete document.
    ///
    /// - Parameters:
    ///   - document: the bytes, in UTF-8.
    ///   - root: the name that the root element must have.
    /// - Throws: `MalformedXML` for a document that is not well-formed or not in UTF-8, has a document type
    ///   declaration, another root or long tags, or exceeds the limits on the number and depth of elements
    ///   (``Limits``).
    package static func parse(_ document: [UInt8], root: String) throws(S3Error) -> XMLElement {
        guard let element = read(document), element.name == root else { throw S3Error(.malformedXML) }
        return element
    }

    /// Returns the first child with a name.
    package subscript(name: String) -> XMLElement? {
        children.first { $0.name == name }
    }

    /// Returns all children with a name.
    package func all(_ name: String) -> [XMLElement] {
        children.filter { $0.name == name }
    }

    /// Checks the children of an element against S3's schema.
    ///
    /// - Parameters:
    ///   - names: the children that may occur at most once.
    ///   - lists: the children that may occur any number of times.
    /// - Throws: `MalformedXML` for an unknown child, a child that occurs too often, or text between children.
    package func rejectUnknownChildren(_ names: [String], lists: [String] = []) throws(S3Error) {
        var seen: Set<String> = []
        for child in children {
            let isKnown = lists.contains(child.name) || (names.contains(child.name) && seen.insert(child.name).inserted)
            guard isKnown else { throw S3Error(.malformedXML) }
        }
        guard text.utf8.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) else { throw S3Error(.malformedXML) }
    }

    /// Returns the value of a child whose text is `true` or `false`.
    ///
    /// - Returns: nil if the child does not exist.
    /// - Throws: `MalformedXML` for any other text.
    package func flag(_ name: String) throws(S3Error) -> Bool? {
        guard let text = self[name]?.text else { return nil }
        guard let value = Bool(text.lowercased()) else { throw S3Error(.malformedXML) }
        return value
    }

    /// Reads a complete document with any root; nil where ``parse(_:root:)`` throws.
    package static func read(_ document: [UInt8]) -> XMLElement? {
        guard XMLScan.isPlain(document) else { return nil }
        do throws(XMLReader.Fault) {
            return try build(from: try XMLReader(document))
        } catch {
            return nil
        }
    }

    private static func build(from reader: XMLReader) throws(XMLReader.Fault) -> XMLElement? {
        var open: [XMLElement] = []
        var root: XMLElement?
        func close() {
            let element = open.removeLast()
            if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
        }
        while let event = try reader.next() {
            switch event {
            case .start(let name):
                open.append(XMLElement(name: name, type: reader.attribute("type", in: schemaInstance)))
                if reader.isEmpty { close() }
            case .text(let text):
                if !open.isEmpty { open[open.count - 1].text += text }
            case .end:
                guard !CombiningMarks.exceed(CombiningMarks.nameLimit, in: open.last?.text ?? "") else { return nil }
                close()
            }
        }
        return root
    }

    private static let schemaInstance = "http://www.w3.org/2001/XMLSchema-instance"
}
