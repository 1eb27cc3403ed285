/// The fields of a POST upload that precede its file.
///
/// Source: S3 API Reference, "Creating an HTML Form (Using AWS Signature Version 4)", and S3 User Guide, "HTML forms".
package struct PostForm: Sendable {
    /// The fields, with distinct lower-case names, in the order of their first occurrence. The values of a repeated
    /// name are joined by commas, as policies expect.
    package private(set) var fields: [(name: String, value: String)] = []

    /// Creates a form from the fields as sent, with every `${filename}` replaced by the file's name.
    ///
    /// S3 checks a policy against the expanded fields: "All variables within the form are expanded before the policy is
    /// validated."
    ///
    /// - Parameter filename: the name that the browser sent, possibly with a path; if nil, nothing is replaced.
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

    /// Returns the value of a field, whose name may be in any case.
    package subscript(name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name == name }?.value
    }

    /// Returns the value of a required field.
    ///
    /// - Throws: `InvalidArgument` with the field's name as written in the argument.
    package func required(_ name: String) throws(S3Error) -> String {
        guard let value = self[name] else {
            throw .invalidArgument(
                "Bucket POST must contain a field named '\(name)'.  If it is specified, please check the order of the "
                    + "fields.", name: name, value: "")
        }
        return value
    }

    /// Returns the text after the last slash or backslash: some browsers send the full path of the file.
    private static func lastComponent(of path: String) -> Substring.UTF8View {
        let bytes = path[...].utf8
        let separator = bytes.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        return separator.map { bytes[bytes.index(after: $0)...] } ?? bytes
    }

    /// Replaces byte by byte: comparing characters would miss a variable that is followed by a combining accent.
    private static func expand(_ value: String, filename: Substring.UTF8View) -> String {
        guard value.utf8.contains(UInt8(ascii: "$")) else { return value }
        return String(decoding: Array(value.utf8).replacing("${filename}".utf8, with: filename), as: UTF8.self)
    }
}
