/// The header fields of a request or response, in order. A name may occur more than once.
///
/// ```swift
/// var fields: HeaderFields = ["cache-control": "no-cache"]
/// fields["content-type"] = "text/csv"
/// ```
///
/// Source: RFC 9110 section 5.
public struct HeaderFields: Sendable, Hashable {
    private var fields: [Field]

    /// A header field.
    public struct Field: Sendable, Hashable, Codable {
        /// As it is sent, or in lower case if it was received.
        public let name: String
        /// Without the white space around it.
        public let value: String

        /// Creates a field.
        ///
        /// - Parameters:
        ///   - name: in any case.
        ///   - value: one line of text.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Creates an empty list.
    public init() { fields = [] }

    /// Creates a list of fields, in order.
    public init(_ fields: some Sequence<Field>) { self.fields = Array(fields) }

    package init(_ fields: [(name: String, value: String)]) {
        self.fields = fields.map { Field(name: $0.name, value: $0.value) }
    }

    /// Creates a list of the fields that have a value.
    package init(present fields: KeyValuePairs<String, String?>) {
        self.fields = fields.compactMap { name, value in value.map { Field(name: name, value: $0) } }
    }

    /// The fields as pairs.
    package var pairs: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }

    /// The first value of a field, whose name is compared without regard to case; nil if there is none. Setting a value
    /// replaces all fields of this name, and nil removes them.
    public subscript(name: String) -> String? {
        get { fields.first { Self.isSame($0.name, name) }?.value }
        set {
            remove(name)
            if let newValue { append(name, newValue) }
        }
    }

    /// Adds a field, after those that have the same name.
    public mutating func append(_ field: Field) { fields.append(field) }

    package mutating func append(_ name: String, _ value: String) { append(Field(name: name, value: value)) }

    /// Removes all fields of a name, which is compared without regard to case.
    public mutating func remove(_ name: String) { fields.removeAll { Self.isSame($0.name, name) } }

    package static func += (left: inout HeaderFields, right: HeaderFields) { left.fields += right.fields }

    package static func + (left: HeaderFields, right: HeaderFields) -> HeaderFields {
        var fields = left
        fields += right
        return fields
    }

    /// Only ASCII letters have two cases in names.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (left.utf8, right.utf8)
        return left.count == right.count
            && zip(left, right).allSatisfy { $0 == $1 || $0 ^ $1 == 0x20 && (97...122).contains($0 | 0x20) }
    }
}

extension HeaderFields: RandomAccessCollection {
    /// 0.
    public var startIndex: Int { fields.startIndex }
    /// The number of fields.
    public var endIndex: Int { fields.endIndex }
    /// The field at a position in the order of the list.
    public subscript(position: Int) -> Field { fields[position] }
}

extension HeaderFields: ExpressibleByDictionaryLiteral {
    /// Creates a list with the fields in the order in which they are written.
    public init(dictionaryLiteral elements: (String, String)...) { self.init(elements.map { (name: $0, value: $1) }) }
}

/// Encoded as a list of its fields.
extension HeaderFields: Codable {
    /// Reads a list of fields.
    public init(from decoder: any Decoder) throws { fields = try [Field](from: decoder) }

    /// Writes the list of fields.
    public func encode(to encoder: any Encoder) throws { try fields.encode(to: encoder) }
}
