/// The model of a Fiscal Data Package of version 0.3: the columns that hold amounts, and those that say what they are
/// for.
///
/// Source: Fiscal Data Package 0.3, "Mapping".
struct FiscalModel: Sendable {
    var measures: [Measure] = []
    var dimensions: [Dimension] = []
}

/// A column of amounts of money. The real value is the cell times the factor.
struct Measure: Sendable {
    let name: String
    let source: FieldReference
    var currency: String?
    var factor = 1.0
    var direction: String?
    var phase: String?
}

/// A dimension by which money is counted, such as time or a function of government.
struct Dimension: Sendable {
    let name: String
    var type: String?
    var classificationType: String?
    var attributes: [Attribute] = []
    /// The names of the attributes in the key.
    var primaryKey: [String] = []
}

struct Attribute: Sendable {
    let name: String
    let content: Content
    var labelFor: String?
    var parent: String?

    enum Content: Sendable {
        case source(FieldReference)
        case constant(String)
    }
}

/// A field of a resource; both are given by index.
struct FieldReference: Sendable, Hashable {
    let resource: Int
    let field: Int
}
