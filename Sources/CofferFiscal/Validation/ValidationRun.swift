import CofferCrypto

/// The state of a validation while the files of a package are read.
struct ValidationRun {
    let source: any PackageSource
    let levels: Set<Rule.Level>
    var findings: Findings
    var files: [Report.File] = []
    /// The MD5 of the files read; nil if not requested.
    private(set) var digests: [PackagePath: String]?
    /// Whether tables that are not read are warnings.
    var allowsUnread = false
    private var locations: [Int: RowLocations] = [:]
    /// The tables that were read completely.
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
            if let reason = resource.unreadReason { noteUnread(resource, reason) }
            switch resource.content {
            case .none: break
            case .inline(let node): if isTable { checkInline(node, resource, keys) }
            case .paths, .urls:
                if isTable {
                    await checkTable(resource, keys)
                } else if case .paths(let paths) = resource.content {
                    await checkFiles(paths, resource)
                } else if resource.unreadReason == nil {
                    noteRemote(resource)
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

    private mutating func report(_ error: SourceError, _ place: FilePlace?, _ resource: Resource?) {
        findings.add(
            error == .link ? .resourcePathLink : .resourceMissing, resource.map(location) ?? Finding.Location(""),
            "the file \(place.map { "\($0) " } ?? "")\(error.reason)")
    }

    // MARK: Tables that are not read

    private mutating func noteUnread(_ resource: Resource, _ reason: String) {
        let rule: Rule = !allowsUnread ? .resourceUnread : resource.isRemote ? .resourceRemote : .resourceFormat
        let name = resource.places.first.map { " (\($0))" } ?? ""
        findings.add(
            rule, location(resource),
            "the table \(quoted(resource.name))\(name) is not checked and will not be derived: \(reason)")
    }

    /// Reports a remote file that is not a table.
    private mutating func noteRemote(_ resource: Resource) {
        guard let place = resource.places.first, !resource.isTable else { return }
        findings.add(.resourceRemote, location(resource), "\(place) is not in the package: it is not checked")
    }

    private func location(_ resource: Resource) -> Finding.Location {
        (resource.node["path"] ?? resource.node["url"] ?? resource.node).location(resource: resource.name).location
    }

    /// Reports that a readable file is not the expected table.
    private mutating func note(_ refusal: SourceError, _ place: FilePlace, _ resource: Resource) {
        if case .unread(let reason) = refusal { return noteUnread(resource, reason) }
        findings.add(
            refusal.rule, Finding.Location(place.description, resource: resource.name), "the file \(refusal.reason)")
    }

    // MARK: Tables

    private mutating func checkTable(_ resource: Resource, _ keys: PackageKeys) async {
        var checker = TableChecker(resource, keys: keys.keys(of: resource), findings: findings)
        var integrity = IntegrityCheck(resource, levels: levels)
        let reader = TableReader(resource, in: source)
        var failure: (SourceError, FilePlace)?
        var refusals: [(SourceError, FilePlace)] = []
        var isWhole = true
        for place in resource.places where failure == nil {
            checker.begin(place.description)
            let rowsBefore = checker.rowCount
            var digest = digests == nil ? nil : Digest(.md5)
            do throws(SourceError) {
                let result = try await reader.read(
                    place,
                    bytes: { piece in
                        integrity.append(piece)
                        digest?.update(piece.span)
                    }, row: { checker.take($0) })
                if let digest = digest.take(), case .path(let path) = place { digests?[path] = hex(digest.finalize()) }
                checker.end(result.fault, result.lineEnds, hadByteOrderMark: result.hadByteOrderMark)
                isWhole = isWhole && result.isWhole && !checker.isHalted
                if let refusal = result.refusal { refusals.append((refusal, place)) }
                files.append(
                    Report.File(
                        resource: resource.name, path: place.description, rows: checker.rowCount - rowsBefore,
                        bytes: result.byteCount))
                if let error = checker.failure { throw error }
            } catch {
                failure = (error, place)
            }
        }
        if failure == nil, refusals.isEmpty { checker.finish() }
        findings = checker.findings
        locations[resource.index] = checker.locations
        for (refusal, place) in refusals { note(refusal, place, resource) }
        if let (error, place) = failure { return report(error, place, resource) }
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

    /// Checks that the files exist, and reads them only if their bytes are needed.
    private mutating func checkFiles(_ paths: [PackagePath], _ resource: Resource) async {
        var integrity = IntegrityCheck(resource, levels: levels)
        let readsJSON = resource.storage == .data && levels.contains(.data)
        for path in paths {
            do throws(SourceError) {
                var digest = digests == nil ? nil : Digest(.md5)
                if digests == nil, !readsJSON {
                    let information = try await source.information(path)
                    if paths.count == 1, integrity.isAnswered(by: information) { continue }
                    guard integrity.isNeeded else { continue }
                }
                let file = try await source.open(path)
                var json: [UInt8]? = []
                while let piece = try await file.next() {
                    integrity.append(piece)
                    digest?.update(piece.span)
                    guard readsJSON, let count = json?.count else { continue }
                    if count > UnpackingLimits.jsonByteCount { json = nil } else { json? += piece }
                }
                if let digest = digest.take() { digests?[path] = hex(digest.finalize()) }
                if readsJSON, resource.tableFormat.packing == .none { _ = try TableText.document(json) }
            } catch {
                if error.isOfContent {
                    note(error, .path(path), resource)
                } else {
                    report(error, .path(path), resource)
                }
                return
            }
        }
        integrity.finish(&findings)
    }
}
