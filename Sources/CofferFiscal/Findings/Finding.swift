/// An error in a package, or something that may trip up its readers.
public struct Finding: Sendable, Equatable {
    /// The rule that is violated.
    public let rule: Rule
    /// The actual and the allowed value, in one sentence.
    public let message: String
    /// Where the problem is.
    public let location: Location

    /// The severity of the rule.
    public var severity: Rule.Severity { rule.severity }

    /// The location of a finding; properties that do not apply are nil.
    public struct Location: Sendable, Equatable {
        /// The file as named in the descriptor, or `datapackage.json` itself.
        public var file: String
        /// The name of the resource.
        public var resource: String?
        /// The JSON pointer of the property in the descriptor (RFC 6901).
        public var pointer: String?
        /// The line of text in the file, counted from 1.
        public var line: Int?
        /// The row of the file, counted from 1; the header is a row.
        public var row: Int?
        /// The column, counted from 1; ``field`` is its name.
        public var column: Int?
        /// The name of the field or column.
        public var field: String?

        init(
            _ file: String, resource: String? = nil, pointer: String? = nil, line: Int? = nil, row: Int? = nil,
            column: Int? = nil, field: String? = nil
        ) {
            self.file = file
            self.resource = resource
            self.pointer = pointer
            self.line = line
            self.row = row
            self.column = column
            self.field = field
        }
    }
}
