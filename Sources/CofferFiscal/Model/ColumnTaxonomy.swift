/// What a column of version 1 may mean: a hierarchy of words with colons between, such as
/// `functional-classification:cofog:group:code`.
///
/// Source: Fiscal Data Package 1.0, "Column Types"; the taxonomies for budgets and spending.
struct ColumnTaxonomy: Sendable {
    private(set) var types: [String: ColumnType] = [:]

    init(_ types: [ColumnType]) {
        for type in types { self.types[type.name] = type }
    }

    mutating func add(_ type: ColumnType) { types[type.name] = type }

    /// The type of a name. One that is not in the taxonomy inherits from the longest known type that it begins with.
    ///
    /// - Returns: nil if nothing that it begins with is known, which leaves it unconstrained.
    func type(_ name: String) -> ColumnType? {
        var prefix = name[...]
        while true {
            if let type = types[String(prefix)] { return type }
            guard let colon = prefix.lastIndex(of: ":") else { return nil }
            prefix = prefix[..<colon]
        }
    }

    /// Whether the name, or the beginning of one in the taxonomy, is known; `activity:generic` is, by what is below it.
    func knows(_ name: String) -> Bool {
        if type(name) != nil { return true }
        let families = Set(types.keys.map { $0.split(separator: ":").first.map(String.init) ?? $0 })
        return name.split(separator: ":").first.map { families.contains(String($0)) } ?? false
    }
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
