import CofferModel

/// The schema of a table.
///
/// Source: Table Schema 1.0 and 2.0 of Data Package.
struct TableSchema: Sendable {
    private(set) var fields: [Field] = []
    private var indices: [ExactText: Int] = [:]
    /// Texts that mean a missing value.
    var missingValues: [[UInt8]] = [[]]
    var fieldsMatch = FieldsMatch.exact
    var primaryKey: [Int] = []
    var uniqueKeys: [[Int]] = []
    var foreignKeys: [ForeignKey] = []
    var extraFields: [ExtraField] = []

    /// Returns the index of the first field with a name.
    func index(of name: String) -> Int? { indices[ExactText(name)] }

    mutating func append(_ field: Field) {
        let name = ExactText(field.name)
        if indices[name] == nil { indices[name] = fields.count }
        fields.append(field)
    }

    enum FieldsMatch: String, Sendable {
        case exact, equal, subset, superset, partial
    }
}

/// A column of a table.
struct Field: Sendable {
    var name: String
    var title: String?
    var type: FieldType
    var reader: CellReader
    var constraints = Constraints()
    /// Texts that mean a missing value in this column; nil to use those of the schema.
    var missingValues: [[UInt8]]?
    var columnType: String?
    /// The extra fields that receive the column's cells, with their values.
    var normalize: [(name: String, value: String)] = []
    let node: DescriptorNode
}

/// A field of version 1 that is not stored in a file: a constant, or the target of normalizing columns.
struct ExtraField: Sendable {
    let name: String
    let type: FieldType
    let columnType: String?
    let content: Content

    enum Content: Sendable {
        case constant(String)
        case normalizationTarget
    }
}

/// A reference to rows of another table, or of the same one.
struct ForeignKey: Sendable {
    let fields: [Int]
    /// The index of the referenced resource.
    let resource: Int
    let referenced: [Int]
}

enum FieldType: String, Sendable, CaseIterable {
    case string, number, integer, boolean, object, array, list, date, time, datetime, year, yearmonth, duration,
        geopoint
    case geojson, any

    var isNumeric: Bool { self == .number || self == .integer }

    /// All types, for messages.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// Restrictions on a cell beyond its type.
struct Constraints: Sendable {
    var isRequired = false
    var isUnique = false
    var minimumLength: Int?
    var maximumLength: Int?
    var bounds: [Bound] = []
    var pattern: CellPattern?
    /// The allowed values; nil if all values are allowed.
    var enumeration: Enumeration?

    var isEmpty: Bool {
        minimumLength == nil && maximumLength == nil && bounds.isEmpty && pattern == nil && enumeration == nil
    }

    /// A set of allowed values. A class, so that comparing it with every cell does not copy it.
    final class Enumeration: Sendable, CustomStringConvertible {
        /// The values in canonical form.
        let values: Set<[UInt8]>
        /// The first values as written in the descriptor, and the number of the others.
        let description: String

        /// The maximum number of values in a message.
        private static let textCount = 10

        init(_ items: [(text: String, canonical: [UInt8])]) {
            var values: Set<[UInt8]> = []
            let distinct = items.filter { values.insert($0.canonical).inserted }
            self.values = values
            let texts = distinct.prefix(Self.textCount).map { quoted($0.text) }
            let rest = distinct.count - texts.count
            description = texts.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
        }
    }

    /// The minimum or the maximum. A class, so that comparing it with every cell does not copy it.
    final class Bound: Sendable {
        let isMinimum: Bool
        let isExclusive: Bool
        let value: CellValue
        /// The value if it is an integer, for fast comparison.
        let whole: Int64?
        /// The value as written in the descriptor.
        let text: String

        init(isMinimum: Bool, isExclusive: Bool, value: CellValue, text: String) {
            self.isMinimum = isMinimum
            self.isExclusive = isExclusive
            self.value = value
            whole = if case .integer(let number) = value { number } else { nil }
            self.text = text
        }
    }
}
