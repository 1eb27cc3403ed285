/// Writes the model of a package to the catalog: the columns of its measures, and those of its dimensions' attributes.
struct DerivedModel {
    private let package: PackageDescriptor
    private let name: String
    private let catalog: DerivedCatalog
    /// The table and columns of the resources looked up so far, by the resource's index.
    private var known: [Int: (String, DerivedColumns)?] = [:]

    /// - Parameter name: the name of the package in the database.
    init(package: PackageDescriptor, name: String, catalog: DerivedCatalog) {
        self.package = package
        self.name = name
        self.catalog = catalog
    }

    consuming func write() throws(PackageError) {
        for measure in package.model?.measures ?? [] { try write(measure) }
        for dimension in package.model?.dimensions ?? [] {
            for attribute in dimension.attributes { try write(attribute, dimension) }
        }
    }

    private mutating func write(_ measure: Measure) throws(PackageError) {
        guard let (table, columns) = try columns(measure.source.resource),
            let column = columns.measures[measure.name]
        else { return }
        try catalog.database.run(
            "INSERT INTO measures VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(name), .text(measure.name), .text(table), .text(column), DerivedValue(measure.currency),
                .real(measure.factor), DerivedValue(measure.direction), DerivedValue(measure.phase),
            ])
    }

    private mutating func write(_ attribute: Attribute, _ dimension: Dimension) throws(PackageError) {
        var place: (table: DerivedValue, column: DerivedValue, constant: DerivedValue) = (.null, .null, .null)
        switch attribute.content {
        case .constant(let text): place.constant = .text(text)
        case .source(let reference):
            if let (table, columns) = try columns(reference.resource) {
                let column = columns.columns.first {
                    if case .field(reference.field, _) = $0.content { true } else { false }
                }
                place = (.text(table), DerivedValue(column?.name), .null)
            }
        }
        try catalog.database.run(
            "INSERT INTO attributes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(name), .text(dimension.name), .text(attribute.name), DerivedValue(dimension.type),
                DerivedValue(dimension.classificationType),
                .integer(dimension.primaryKey.contains(attribute.name) ? 1 : 0), place.table, place.column,
                place.constant, DerivedValue(attribute.labelFor), DerivedValue(attribute.parent),
            ])
    }

    private mutating func columns(_ index: Int) throws(PackageError) -> (String, DerivedColumns)? {
        if let columns = known[index] { return columns }
        let resource = package.resources[index]
        var columns: (String, DerivedColumns)?
        if let schema = resource.schema, let table = try catalog.table(package: name, resource: resource.name) {
            columns = (table, DerivedColumns(resource, schema, package.model))
        }
        known[index] = .some(columns)
        return columns
    }
}
