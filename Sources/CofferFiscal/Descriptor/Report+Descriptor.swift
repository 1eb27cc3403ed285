extension Report {
    /// Creates the report of reading a descriptor.
    init(location: String, package: PackageDescriptor?, findings: Findings) {
        self.init(
            location: location, name: package?.name, isFiscal: package?.isFiscal ?? false,
            levels: [.structure, .fiscal], findings: findings.kept, counts: findings.counts, files: [])
    }
}
