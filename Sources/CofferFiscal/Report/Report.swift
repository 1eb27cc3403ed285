/// The result of validating a package.
public struct Report: Sendable {
    /// The location of the package.
    public let location: String
    /// The name of the package.
    public let name: String?
    /// Whether the descriptor has a model, column types, or a profile that marks it as fiscal.
    public let isFiscal: Bool
    /// The levels that were validated.
    public let levels: Set<Rule.Level>
    /// The findings, ordered by level and then in the order they were found; only the first ones of each rule in each
    /// file are kept.
    public let findings: [Finding]
    /// The number of findings of each rule, including those that are not kept.
    public let counts: [Rule: Int]
    /// The files whose rows were checked, in the order in which they were read.
    public let files: [File]
    /// Why the package's source could not be reached, such as a host that does not answer; nothing else is known then.
    public var failure: SourceError?

    /// The number of errors, including those that are not kept.
    public var errorCount: Int { count(.error) }
    /// The number of warnings, including those that are not kept.
    public var warningCount: Int { count(.warning) }
    /// Whether there are no errors; there may be warnings.
    public var isValid: Bool { errorCount == 0 }

    /// Whether there is a readable descriptor, so that the package can be used even if it has errors.
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

    /// A file whose rows were checked.
    public struct File: Sendable, Equatable {
        /// The name of the resource.
        public let resource: String
        /// The path or URL of the file.
        public let path: String
        /// The number of rows, without the header.
        public let rows: Int
        /// The size of the file as it is stored, in bytes.
        public let bytes: Int64
    }
}
