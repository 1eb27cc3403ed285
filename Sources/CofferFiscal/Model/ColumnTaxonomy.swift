import CofferModel

/// What a column of version 1 may mean: a hierarchy of words with colons between, such as
/// `functional-classification:cofog:group:code`.
///
/// Source: Fiscal Data Package 1.0, "Column Types"; the taxonomies for budgets and spending.
struct ColumnTaxonomy: Sendable {
    private(set) var types: [ExactText: ColumnType] = [:]
    /// The first words of all types.
    private var families: Set<ExactText> = []

    /// Most words of a column type; those of the taxonomies have six at most.
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

    /// The type of a name. One that is not in the taxonomy inherits from the longest known type that it begins with.
    ///
    /// - Returns: nil if nothing that it begins with is known, which leaves it unconstrained.
    func type(_ name: String) -> ColumnType? {
        var prefix = name[...]
        while true {
            if let type = types[ExactText(String(prefix))] { return type }
            guard let colon = prefix.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
            prefix = prefix[..<colon]
        }
    }

    /// Whether the name, or the beginning of one in the taxonomy, is known; `activity:generic` is, by what is below it.
    func knows(_ name: String) -> Bool { type(name) != nil || families.contains(Self.family(name)) }
}

/// One column type.
struct ColumnType: Sendable, Equatable {
    let name: String
    var dataType: FieldType?
    /// Whether it tells rows apart.
    var isUnique = false
    /// The type whose cells it puts into words.
    var labelOf: String?
    /// The type that comes before it in the hierarchy.
    var prior: String?
}
