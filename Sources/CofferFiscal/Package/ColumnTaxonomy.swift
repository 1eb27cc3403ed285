import CofferModel

/// The possible meanings of a column in version 1: a hierarchy of words separated by colons, such as
/// `functional-classification:cofog:group:code`.
///
/// Source: Fiscal Data Package 1.0, "Column Types"; the taxonomies for budgets and spending.
struct ColumnTaxonomy: Sendable {
    private(set) var types: [ExactText: ColumnType] = [:]
    /// The first words of all types.
    private var families: Set<ExactText> = []

    /// The maximum number of words in a column type; those of the taxonomies have at most six.
    static let wordLimit = 16

    init(_ types: [ColumnType]) {
        for type in types { add(type) }
    }

    mutating func add(_ type: ColumnType) {
        types[ExactText(type.name)] = type
        families.insert(Self.family(type.name))
    }

    private static func family(_ name: String) -> ExactText {
        ExactText(String(Substring(name.utf8.prefix { $0 != UInt8(ascii: ":") })))
    }

    /// Returns the type with a name. A name that is not in the taxonomy inherits from the longest known type that is
    /// its prefix.
    ///
    /// - Returns: nil if no prefix is known, which leaves the name unconstrained.
    func type(_ name: String) -> ColumnType? {
        var prefix = name[...]
        while true {
            if let type = types[ExactText(String(prefix))] { return type }
            guard let colon = prefix.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
            prefix = prefix[..<colon]
        }
    }

    /// Returns whether a name or its family is known; `activity:generic` is known through the types below it.
    func knows(_ name: String) -> Bool { type(name) != nil || families.contains(Self.family(name)) }
}

/// A column type.
struct ColumnType: Sendable, Equatable {
    let name: String
    var dataType: FieldType?
    /// Whether it distinguishes rows.
    var isUnique = false
    /// The type that this type is the label of.
    var labelOf: String?
    /// The type that precedes it in the hierarchy.
    var prior: String?
}
