/// The contents of a package, as described by its descriptor.
public struct PackageOverview: Sendable {
    /// The location of the package.
    public let location: String
    /// The name of the package.
    public let name: String?
    /// The title of the package.
    public let title: String?
    /// The description of the package, in Markdown.
    public let description: String?
    /// The countries whose finances the package describes, as codes of two letters (ISO 3166-1).
    public let countryCodes: [String]
    /// The first day of the fiscal period, as an ISO 8601 date.
    public let fiscalStart: String?
    /// The last day of the fiscal period, as an ISO 8601 date.
    public let fiscalEnd: String?
    /// Whether the descriptor has a model, column types, or a profile that marks it as fiscal.
    public let isFiscal: Bool
    /// The tables and other files, in the order of the descriptor.
    public let resources: [Resource]
    /// The measures of the model, in the order of the descriptor.
    public let measures: [Measure]
    /// The dimensions of the model, in the order of the descriptor.
    public let dimensions: [Dimension]
    /// The number of errors in the descriptor and in the schemas and dialects it refers to; no data is read.
    public let errorCount: Int
    /// The number of warnings about the same documents.
    public let warningCount: Int

    /// A table or another file of the package.
    public struct Resource: Sendable, Equatable {
        /// The name, or a placeholder such as `resource-2` if the resource has none.
        public let name: String
        /// The title.
        public let title: String?
        /// The paths or URLs of its files; empty for a table in the descriptor.
        public let paths: [String]
        /// The fields of its schema; empty without a schema.
        public let fields: [Field]
    }

    /// A field of a table's schema.
    public struct Field: Sendable, Equatable {
        /// The name of the field.
        public let name: String
        /// The type as Table Schema calls it, such as `number`.
        public let type: String
    }

    /// A column of amounts of money.
    public struct Measure: Sendable, Equatable {
        /// The name of the measure in the model.
        public let name: String
        /// The name of the field that holds the amounts.
        public let source: String
        /// The currency as three capital letters (ISO 4217).
        public let currency: String?
        /// The number by which every amount is multiplied; 1 if the model gives none.
        public let factor: Double
        /// The phase: `proposed`, `approved`, `adjusted` or `executed`.
        public let phase: String?
    }

    /// A dimension by which the amounts are classified.
    public struct Dimension: Sendable, Equatable {
        /// The name of the dimension in the model.
        public let name: String
        /// The type of its classification, such as `functional`, or else of the dimension, such as `datetime`.
        public let type: String?
        /// The names of its attributes, in the order of the descriptor.
        public let attributes: [String]
    }

    /// Reads the descriptor of a package, and the schemas and dialects in separate files.
    ///
    /// - Throws: ``PackageError/invalid(_:)`` if there is no readable descriptor, ``PackageError/source(_:)`` if
    ///   the source cannot be reached.
    public init(of source: any PackageSource) async throws(PackageError) {
        var loader = DescriptorLoader(source, findings: Findings(limit: 100))
        let loaded = await loader.load()
        if let failure = loader.failure { throw .source(failure) }
        let report = Report(location: source.location, package: loaded, findings: loader.findings)
        guard let package = loaded else { throw .invalid(report) }
        location = source.location
        (name, title, description) = (package.name, package.title, package.description)
        countryCodes = package.countryCodes
        (fiscalStart, fiscalEnd) = package.fiscalPeriod
        isFiscal = package.isFiscal
        resources = package.resources.map(Resource.init)
        measures = (package.model?.measures ?? []).map { measure in
            let field = package.resources[measure.source.resource].schema?.fields[measure.source.field]
            return Measure(
                name: measure.name, source: field?.name ?? "", currency: measure.currency, factor: measure.factor,
                phase: measure.phase)
        }
        dimensions = (package.model?.dimensions ?? []).map {
            Dimension(name: $0.name, type: $0.classificationType ?? $0.type, attributes: $0.attributes.map(\.name))
        }
        (errorCount, warningCount) = (report.errorCount, report.warningCount)
    }
}

extension PackageOverview.Resource {
    fileprivate init(_ resource: Resource) {
        name = resource.name
        title = resource.title
        switch resource.content {
        case .none, .inline: paths = []
        case .paths(let list): paths = list.map(\.description)
        case .urls(let list): paths = list
        }
        fields = (resource.schema?.fields ?? []).map { PackageOverview.Field(name: $0.name, type: $0.type.rawValue) }
    }
}
