import CofferModel

/// The valid parts of a descriptor; invalid parts are reported as findings and left out.
struct PackageDescriptor: Sendable {
    var name: String?
    var title: String?
    var description: String?
    var countryCodes: [String] = []
    var fiscalPeriod: (start: String?, end: String?)
    private(set) var resources: [Resource] = []
    private var places: [ExactText: Int] = [:]
    var model: FiscalModel?
    var columnTypes = ColumnTaxonomy.standard
    var isFiscal = false

    /// Returns the first resource with a name.
    func resource(_ name: String) -> Resource? { places[ExactText(name)].map { resources[$0] } }

    mutating func append(_ resource: Resource) {
        let name = ExactText(resource.name)
        if places[name] == nil { places[name] = resources.count }
        resources.append(resource)
    }

    mutating func setSchema(_ schema: TableSchema, ofResource index: Int) { resources[index].schema = schema }
}
