import CofferModel

/// The schema of a table.
///
/// Source: Table Schema 1.0 and 2.0 of Data Package.
struct TableSchema: Sendable {
    private(set) var fields: [Field] = []
    private var indices: [ExactText: Int] = [:]
    /// Texts that stand for no value.
    var missingValues: [[UInt8]] = [[]]
    var fieldsMatch = FieldsMatch.exact
    var primaryKey: [Int] = []
    var uniqueKeys: [[Int]] = []
    var foreignKeys: [ForeignKey] = []
    var extraFields: [ExtraField] = []

    /// The first field of a name.
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
    /// Texts that stand for no value in this column; nil for those of the schema.
    var missingValues: [[UInt8]]?
    var columnType: String?
    /// The extra fields into which the column's cells go, with their values.
    var normalize: [(name: String, value: String)] = []
    let node: DescriptorNode
}

/// A field of version 1 that is in no file: a constant, or what comes of normalizing columns.
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
    /// The resource's index.
    let resource: Int
    let referenced: [Int]
}

enum FieldType: String, Sendable, CaseIterable {
    case string, number, integer, boolean, object, array, list, date, time, datetime, year, yearmonth, duration,
        geopoint
    case geojson, any

    var isNumeric: Bool { self == .number || self == .integer }
}

/// What a cell must fulfil beyond its type.
struct Constraints: Sendable {
    var isRequired = false
    var isUnique = false
    var minimumLength: Int?
    var maximumLength: Int?
    var bounds: [Bound] = []
    var pattern: Pattern?
    /// What the allowed values are canonically; nil if all are.
    var enumeration: Set<[UInt8]>?

    var isEmpty: Bool {
        minimumLength == nil && maximumLength == nil && bounds.isEmpty && pattern == nil && enumeration == nil
    }

    /// The least or the greatest value. Every cell is compared with it, so it is not copied.
    final class Bound: Sendable {
        let isMinimum: Bool
        let isExclusive: Bool
        let value: CellValue
        /// The value, if it is an integer, which is compared without looking further.
        let whole: Int64?
        /// As the descriptor writes it.
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
