/// Receives the contents of a form from a ``FormDecoder``, in order.
package protocol FormReceiver {
    /// Receives a complete field that precedes the file.
    mutating func receive(_ field: FormPart, value: String)
    /// Begins the file; all fields before it have been received.
    mutating func begin(file: FormPart)
    /// Receives a piece of the file, borrowed for the duration of the call.
    mutating func receive(_ bytes: Span<UInt8>)
}

/// The head of a form's part (RFC 7578 section 4).
package struct FormPart: Sendable, Equatable {
    package let name: String
    /// As the client sent it, possibly with a path.
    package let filename: String?
    package let contentType: String?

    package init(name: String, filename: String? = nil, contentType: String? = nil) {
        self.name = name
        self.filename = filename
        self.contentType = contentType
    }

    /// Parses the lines of a head, each with its line break; nil if they are not a valid part head.
    init?(head: some Collection<UInt8>) {
        let isText = head.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 || $0 == 10 || $0 == 13 }
        guard isText, let text = String(validating: head, as: UTF8.self) else { return nil }
        var disposition: ParameterizedField?
        var contentType: String?
        for line in text.utf8.split(separator: 10).map({ Substring($0) }) {
            guard line.utf8.firstIndex(of: 13) == line.utf8.indices.last,
                let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")),
                HTTPHeaders.isName(String(line[..<colon]))
            else { return nil }
            let value = line[line.utf8.index(after: colon)...].utf8.dropLast()
            switch line[..<colon].lowercased() {
            case "content-disposition":
                guard disposition == nil else { return nil }
                disposition = ParameterizedField(String(Substring(value)))
                if disposition == nil { return nil }
            case "content-type": contentType = String(Substring(ParameterizedField.trimmed(value)))
            default: break
            }
        }
        guard let disposition, disposition.value.utf8.elementsEqual("form-data".utf8), let name = disposition["name"],
            !name.isEmpty
        else {
            return nil
        }
        self.init(name: name, filename: disposition["filename"], contentType: contentType)
    }
}

/// The limits of a form.
package struct FormLimits: Sendable {
    /// The limit for everything except the file: fields, heads, delimiters. It also bounds the number of parts. S3
    /// allows 20 KiB.
    package var byteCount = 20 << 10
    /// The limit for the head of one part.
    package var headByteCount = 8 << 10

    package init() {}
}

package enum FormError: Error, Equatable {
    /// Not well-formed multipart/form-data, or text that is not UTF-8.
    case malformed
    case tooLarge(Limit)
    /// There is no file, or more than one.
    case fileCount(Int)

    package enum Limit: Sendable {
        case form, partHead
    }
}
