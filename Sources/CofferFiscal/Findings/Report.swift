/// What validating a package found.
public struct Report: Sendable {
    /// Where the package is.
    public let location: String
    public let name: String?
    /// Whether the descriptor has a model, column types, or a profile that says so.
    public let isFiscal: Bool
    public let levels: Set<Rule.Level>
    /// In the order of levels, and within one as they were met; of each rule in each file the first ones.
    public let findings: [Finding]
    /// How many findings there are of each rule, those that are not kept included.
    public let counts: [Rule: Int]
    public let files: [File]
    /// Why the package's place could not be asked, such as a host that does not answer; then nothing is known of it.
    public var failure: SourceError?

    public var errorCount: Int { count(.error) }
    public var warningCount: Int { count(.warning) }
    /// Whether there is no error; warnings may be there.
    public var isValid: Bool { errorCount == 0 }

    /// Whether there is a descriptor that can be read, so that there is something that can be done with errors as well.
    public var hasDescriptor: Bool {
        let rules: Set<Rule> = [
            .descriptorMissing, .descriptorSize, .descriptorEncoding, .descriptorJSON, .descriptorDuplicate,
        ]
        return !findings.contains { finding in
            rules.contains(finding.rule) && finding.location.pointer == nil
                && PackagePath.descriptors.contains { $0.description == finding.location.file }
        }
    }

    private func count(_ severity: Rule.Severity) -> Int {
        counts.reduce(0) { $0 + ($1.key.severity == severity ? $1.value : 0) }
    }

    /// A file whose rows were looked at.
    public struct File: Sendable, Equatable {
        public let resource: String
        public let path: String
        /// Without the header.
        public let rows: Int
        public let bytes: Int64
    }
}
