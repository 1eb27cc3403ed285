/// The model of a Fiscal Data Package of version 0.3: which columns are money, and which tell what it is for.
///
/// Source: Fiscal Data Package 0.3, "Mapping".
struct FiscalModel: Sendable {
    var measures: [Measure] = []
    var dimensions: [Dimension] = []
}

/// A column of money. Its real value is a cell times the factor.
struct Measure: Sendable {
    let name: String
    let source: FieldReference
    var currency: String?
    var factor = 1.0
    var direction: String?
    var phase: String?
}

/// What money is counted by, such as time, or a function of government.
struct Dimension: Sendable {
    let name: String
    var type: String?
    var classificationType: String?
    var attributes: [Attribute] = []
    /// Names of attributes.
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

/// A field of a resource, both by their index.
struct FieldReference: Sendable, Hashable {
    let resource: Int
    let field: Int
}
