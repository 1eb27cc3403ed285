/// Validates a package: its descriptor, its fiscal model, its data and its integrity.
///
/// All errors are found in a single run. Files are streamed: memory does not grow with their size.
public struct PackageValidator: Sendable {
    private let source: any PackageSource
    private let levels: Set<Rule.Level>
    private let findingLimit: Int
    private let fetches: Bool
    private let allowsUnread: Bool

    /// Creates a validator; ``validate()`` runs it.
    ///
    /// - Parameters:
    ///   - source: the package to validate.
    ///   - levels: the levels of findings to report. Without ``Rule/Level/data`` no rows are read.
    ///   - findingLimit: the maximum number of findings of one rule in one file to keep; all are counted.
    ///   - fetches: whether to fetch and check documents and data at URLs.
    ///   - allowsUnread: whether tables of an unsupported kind are warnings instead of errors.
    public init(
        _ source: any PackageSource, levels: Set<Rule.Level> = Set(Rule.Level.allCases), findingLimit: Int = 100,
        fetches: Bool = false, allowsUnread: Bool = false
    ) {
        self.source = source
        self.levels = levels
        self.findingLimit = findingLimit
        self.fetches = fetches
        self.allowsUnread = allowsUnread
    }

    /// Reads the package and returns everything that is wrong with it.
    public func validate() async -> Report { await validation(recordsDigests: false).report }

    /// Validates a package for callers that process it further.
    ///
    /// - Parameter recordsDigests: whether to read all files and keep the MD5 of each.
    func validation(recordsDigests: Bool) async -> Validation {
        var loader = DescriptorLoader(source, findings: Findings(limit: findingLimit), fetches: fetches)
        let package = await loader.load()
        var run = ValidationRun(
            source: source, levels: levels, findings: loader.findings, digests: recordsDigests ? loader.digests : nil)
        run.allowsUnread = allowsUnread || !levels.contains(.data)
        if let package { await run.check(package) }
        return Validation(
            report: report(run, package, loader.failure), package: package, path: loader.path,
            descriptor: loader.descriptor, references: loader.referencePaths, digests: run.digests ?? [:])
    }

    private func report(_ run: ValidationRun, _ package: PackageDescriptor?, _ failure: SourceError?) -> Report {
        let findings = run.findings.kept.filter { levels.contains($0.rule.level) }
        let order = Dictionary(uniqueKeysWithValues: Rule.Level.allCases.enumerated().map { ($1, $0) })
        return Report(
            location: source.location, name: package?.name, isFiscal: package?.isFiscal ?? false, levels: levels,
            findings: findings.enumerated().sorted { left, right in
                (order[left.element.rule.level] ?? 0, left.offset) < (
                    order[right.element.rule.level] ?? 0, right.offset
                )
            }.map(\.element),
            counts: run.findings.counts.filter { levels.contains($0.key.level) }, files: run.files,
            failure: failure)
    }
}

/// The result of validating a package, with the package itself.
struct Validation: Sendable {
    let report: Report
    /// The package; nil if there is no readable descriptor.
    let package: PackageDescriptor?
    /// The path of the descriptor; ``descriptor`` are its bytes.
    let path: PackagePath
    let descriptor: [UInt8]
    /// The schemas and dialects in separate files.
    let references: [PackagePath]
    /// The MD5 of every file, except the descriptor, that was read to its end, in hexadecimal.
    let digests: [PackagePath: String]
}
