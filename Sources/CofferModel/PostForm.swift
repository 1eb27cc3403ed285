/// The fields of a POST upload that came before its file.
///
/// Source: S3 API Reference, "Creating an HTML Form (Using AWS Signature Version 4)", and S3 User Guide, "HTML forms".
package struct PostForm: Sendable {
    /// Names are lower-case and differ from one another; they stand in the order in which they first came. The values
    /// of a name that came several times are joined by commas, as policies are written for them.
    package private(set) var fields: [(name: String, value: String)] = []

    /// Takes the fields as they were sent and puts the file's name in the place of every `${filename}`.
    ///
    /// S3 checks a policy against what the fields are then: "All variables within the form are expanded before the
    /// policy is validated."
    ///
    /// - Parameter filename: as the browser tells it, perhaps with a path; nil if it tells none, and nothing is replaced.
    package init(_ fields: [(name: String, value: String)], filename: String?) {
        let filename = filename.map(Self.lastComponent)
        for field in fields {
            let name = field.name.lowercased()
            let value = filename.map { Self.expand(field.value, filename: $0) } ?? field.value
            if let index = self.fields.firstIndex(where: { $0.name == name }) {
                self.fields[index].value += ",\(value)"
            } else {
                self.fields.append((name, value))
            }
        }
    }

    /// The value of a field, whose name may be in any case.
    package subscript(name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name == name }?.value
    }

    /// The value of a field that must be there.
    ///
    /// - Throws: `InvalidArgument` with the field's name, written as here.
    package func required(_ name: String) throws(S3Error) -> String {
        guard let value = self[name] else {
            throw .invalidArgument(
                "Bucket POST must contain a field named '\(name)'.  If it is specified, please check the order of the "
                    + "fields.", name: name, value: "")
        }
        return value
    }

    /// What follows the last slash or backslash: some browsers tell the whole path of the file.
    private static func lastComponent(of path: String) -> Substring.UTF8View {
        let bytes = path[...].utf8
        let separator = bytes.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        return separator.map { bytes[bytes.index(after: $0)...] } ?? bytes
    }

    /// Replaces byte by byte: whole characters would not be found before a combining accent.
    private static func expand(_ value: String, filename: Substring.UTF8View) -> String {
        guard value.utf8.contains(UInt8(ascii: "$")) else { return value }
        return String(decoding: Array(value.utf8).replacing("${filename}".utf8, with: filename), as: UTF8.self)
    }
}
