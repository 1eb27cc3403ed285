import CofferCrypto
import CofferModel

/// Validates a package: its descriptor, its fiscal model, its data and its integrity.
///
/// Everything that is wrong is found in one run. Files are streamed: memory does not grow with their size.
public struct PackageValidator: Sendable {
    private let source: any PackageSource
    private let levels: Set<Rule.Level>
    private let findingLimit: Int

    /// - Parameters:
    ///   - levels: which findings are wanted. Without ``Rule/Level/data`` no row is looked at.
    ///   - findingLimit: how many findings of one rule in one file are kept; all are counted.
    public init(
        _ source: any PackageSource, levels: Set<Rule.Level> = Set(Rule.Level.allCases), findingLimit: Int = 100
    ) {
        self.source = source
        self.levels = levels
        self.findingLimit = findingLimit
    }

    public func validate() async -> Report { await validation(recordsDigests: false).report }

    /// Validates a package for who goes on with what was read.
    ///
    /// - Parameter recordsDigests: reads all files, and keeps the MD5 of what was read.
    func validation(recordsDigests: Bool) async -> Validation {
        var loader = DescriptorLoader(source, findings: Findings(limit: findingLimit))
        let package = await loader.load()
        var run = ValidationRun(
            source: source, levels: levels, findings: loader.findings, digests: recordsDigests ? loader.digests : nil)
        if let package { await run.check(package) }
        return Validation(
            report: report(run, package, loader.failure), package: package, descriptor: loader.descriptor,
            references: loader.referencePaths, digests: run.digests ?? [:])
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

/// What was found in a package, and what it was found in.
struct Validation: Sendable {
    let report: Report
    /// nil if there is no descriptor that can be read.
    let package: PackageDescriptor?
    /// The descriptor's bytes.
    let descriptor: [UInt8]
    /// Schemas and dialects in files of their own.
    let references: [PackagePath]
    /// The MD5 of every file but the descriptor that was read to its end, in hexadecimal.
    let digests: [PackagePath: String]
}

/// What is found while the files of a package are read.
private struct ValidationRun {
    let source: any PackageSource
    let levels: Set<Rule.Level>
    var findings: Findings
    var files: [Report.File] = []
    /// The MD5 of what was read; nil if nobody asks for it.
    private(set) var digests: [PackagePath: String]?
    private var locations: [Int: RowLocations] = [:]
    /// The tables that were read to their end.
    private var whole: Set<Int> = []

    init(
        source: any PackageSource, levels: Set<Rule.Level>, findings: Findings, digests: [PackagePath: String]?
    ) {
        self.source = source
        self.levels = levels
        self.findings = findings
        self.digests = digests
    }

    mutating func check(_ package: PackageDescriptor) async {
        let checksData = levels.contains(.data)
        let tables = checksData ? package.resources.filter { $0.isTable && $0.isReadable } : []
        let keys = PackageKeys(tables)
        let tableIndices = Set(tables.map(\.index))
        for resource in package.resources {
            let isTable = tableIndices.contains(resource.index)
            switch resource.content {
            case .none, .urls: break
            case .inline(let node): if isTable { checkInline(node, resource, keys) }
            case .paths(let paths):
                if isTable {
                    await checkTable(paths, resource, keys)
                } else {
                    await checkFiles(paths, resource)
                }
            }
        }
        guard checksData else { return }
        var check = KeyCheck(
            keys: keys, resources: tables, whole: whole, locations: locations, findings: findings,
            limit: findings.limit)
        do throws(SourceError) {
            try check.run()
            findings = check.findings
        } catch {
            report(error, nil, nil)
        }
    }

    private mutating func report(_ error: SourceError, _ path: PackagePath?, _ resource: Resource?) {
        let place = resource.map { ($0.node["path"] ?? $0.node["url"] ?? $0.node).location(resource: $0.name) }
        let rule: Rule = error == .link ? .resourcePathLink : .resourceMissing
        findings.add(
            rule, place?.location ?? Finding.Location(""), "the file \(path.map { "\($0) " } ?? "")\(error.reason)")
    }

    // MARK: Tables

    private mutating func checkTable(_ paths: [PackagePath], _ resource: Resource, _ keys: PackageKeys) async {
        var checker = TableChecker(resource, keys: keys.keys(of: resource), findings: findings)
        var integrity = IntegrityCheck(resource, levels: levels)
        let reader = TableReader(resource, in: source)
        var failure: (SourceError, PackagePath)?
        var isWhole = true
        for path in paths where failure == nil {
            checker.begin(path.description)
            let rowsBefore = checker.rowCount
            var digest = digests == nil ? nil : Digest(.md5)
            do throws(SourceError) {
                let result = try await reader.read(
                    path,
                    bytes: { piece in
                        integrity.append(piece)
                        digest?.update(piece.span)
                    }, row: { checker.take($0) })
                if let digest = digest.take() { digests?[path] = hex(digest.finalize()) }
                checker.end(result.fault, result.lineEnds, hadByteOrderMark: result.hadByteOrderMark)
                isWhole = isWhole && result.fault == nil
                files.append(
                    Report.File(
                        resource: resource.name, path: path.description, rows: checker.rowCount - rowsBefore,
                        bytes: result.byteCount))
                if let error = checker.failure { throw error }
            } catch {
                failure = (error, path)
            }
        }
        if failure == nil { checker.finish() }
        findings = checker.findings
        locations[resource.index] = checker.locations
        if let (error, path) = failure { return report(error, path, resource) }
        if isWhole { whole.insert(resource.index) }
        integrity.finish(&findings)
    }

    private mutating func checkInline(_ node: DescriptorNode, _ resource: Resource, _ keys: PackageKeys) {
        let table = InlineTable(node, fields: resource.schema?.fields.map(\.name) ?? [], resource.dialect)
        guard let text = table.text else { return }
        var resource = resource
        resource.dialect = table.dialect
        var checker = TableChecker(resource, keys: keys.keys(of: resource), findings: findings)
        checker.beginInline()
        let result = TableReader.read(inline: text, table.dialect) { checker.take($0) }
        checker.end(result.fault, result.lineEnds, hadByteOrderMark: false)
        checker.finish()
        findings = checker.findings
        locations[resource.index] = checker.locations
        if result.fault == nil { whole.insert(resource.index) }
    }

    // MARK: Other files

    /// Looks whether the files are there, and reads them only where their bytes are asked for.
    private mutating func checkFiles(_ paths: [PackagePath], _ resource: Resource) async {
        var integrity = IntegrityCheck(resource, levels: levels)
        for path in paths {
            do throws(SourceError) {
                var digest = digests == nil ? nil : Digest(.md5)
                if digests == nil {
                    let information = try await source.information(path)
                    if paths.count == 1, integrity.isAnswered(by: information) { continue }
                    guard integrity.isNeeded else { continue }
                }
                let file = try await source.open(path)
                while let piece = try await file.next() {
                    integrity.append(piece)
                    digest?.update(piece.span)
                }
                if let digest = digest.take() { digests?[path] = hex(digest.finalize()) }
            } catch {
                return report(error, path, resource)
            }
        }
        integrity.finish(&findings)
    }
}
