/// The contents of a package, as described by its descriptor.
public struct PackageOverview: Sendable {
    public let location: String
    public let name: String?
    public let title: String?
    public let description: String?
    public let countryCodes: [String]
    public let fiscalStart: String?
    public let fiscalEnd: String?
    public let isFiscal: Bool
    public let resources: [Resource]
    public let measures: [Measure]
    public let dimensions: [Dimension]
    /// The number of errors in the descriptor; like ``warningCount`` it covers no other file, as no other file is read.
    public let errorCount: Int
    public let warningCount: Int

    public struct Resource: Sendable {
        public let name: String
        public let title: String?
        public let paths: [String]
        public let fields: [(name: String, type: String)]
    }

    public struct Measure: Sendable {
        public let name: String
        public let source: String
        public let currency: String?
        public let factor: Double
        public let phase: String?
    }

    public struct Dimension: Sendable {
        public let name: String
        public let type: String?
        public let attributes: [String]
    }

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
        fields = (resource.schema?.fields ?? []).map { ($0.name, $0.type.rawValue) }
    }
}
