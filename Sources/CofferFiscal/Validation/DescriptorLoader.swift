import CofferCrypto
import CofferModel

/// Reads the descriptor of a package, and the schemas and dialects that stand in files of their own.
struct DescriptorLoader {
    let source: any PackageSource
    var findings: Findings
    /// Whether schemas, dialects and data at URLs are fetched.
    private let fetches: Bool
    /// The descriptor that was found.
    private(set) var path = PackagePath.descriptor
    /// The bytes of the descriptor and of what it refers to, once they were read.
    private(set) var identity: [UInt8] = []

    /// The bytes of the descriptor alone.
    private(set) var descriptor: [UInt8] = []
    /// The files that the descriptor refers to and that were read.
    private(set) var referencePaths: [PackagePath] = []
    /// Their MD5, in hexadecimal.
    private(set) var digests: [PackagePath: String] = [:]

    private var fetchCount = 0

    /// Why the place could not be asked for a descriptor.
    private(set) var failure: SourceError?

    /// Largest descriptor, schema or dialect, in bytes.
    static let byteCount = 1 << 20
    /// Most values of such a document.
    static let valueCount = 50_000
    /// Most schemas and dialects in files of their own, and how long they and the descriptor may be together, and they for
    /// all resources that refer to them; further ones are findings.
    private static let referenceCount = 1000
    private static let wholeByteCount = 8 << 20
    /// Most schemas and dialects that are fetched from URLs, each once.
    private static let fetchCount = 100

    init(_ source: any PackageSource, findings: Findings, fetches: Bool = false) {
        self.source = source
        self.findings = findings
        self.fetches = fetches
    }

    /// - Returns: nil if there is no descriptor that can be read; then there is a finding.
    mutating func load() async -> PackageDescriptor? {
        do throws(SourceError) {
            guard let bytes = try await descriptorBytes() else {
                findings.add(.descriptorSize, Finding.Location("\(path)"), "the descriptor is larger than 1 MiB")
                return nil
            }
            descriptor = bytes
            guard let document = parse(bytes, file: path) else { return nil }
            return await read(document)
        } catch {
            findings.add(.descriptorMissing, Finding.Location("\(path)"), "\(path) \(error.reason)")
            if case .failed = error { failure = error }
            return nil
        }
    }

    /// That of the name that the place was given with, or the first one that is there. Whoever may not list what there is
    /// is refused what is not there as well.
    private mutating func descriptorBytes() async throws(SourceError) -> [UInt8]? {
        let paths = source.descriptor.map { [$0] } ?? PackagePath.descriptors
        var first: SourceError?
        for candidate in paths {
            path = candidate
            do throws(SourceError) {
                return try await source.read(path, limit: Self.byteCount)
            } catch {
                switch error {
                case .missing, .refused: first = first ?? error
                default:
                    // What is wrong with a name that nobody gave says nothing.
                    guard first == nil else { continue }
                    throw error
                }
            }
        }
        path = paths[0]
        throw first ?? .missing
    }

    private mutating func read(_ document: DescriptorDocument) async -> PackageDescriptor {
        noteProfiles(document)
        var reader = DescriptorReader(
            document, references: await references(document), fetches: fetches, findings: findings)
        reader.read()
        findings = reader.findings
        return reader.package
    }

    private mutating func parse(_ bytes: [UInt8], file path: PackagePath) -> DescriptorDocument? {
        let isYAML = [".yaml", ".yml"].contains { path.description.lowercased().hasSuffix($0) }
        return parse(bytes, file: path.description, isYAML: isYAML)
    }

    private mutating func parse(_ bytes: [UInt8], file: String, isYAML: Bool) -> DescriptorDocument? {
        let value: JSONValue
        do {
            value =
                isYAML ? try YAMLReader.value(bytes) : try JSONValue(document: bytes, valueLimit: Self.valueCount)
        } catch let error as YAMLFault {
            findings.add(error.rule, Finding.Location(file, line: error.line), "\(file): \(error.reason)")
            return nil
        } catch let error as JSONFault {
            findings.add(error.rule, Finding.Location(file, line: error.position.line), "\(file): \(error)")
            return nil
        } catch {
            findings.add(.descriptorJSON, Finding.Location(file), "\(file): \(error)")
            return nil
        }
        guard value.object != nil else {
            findings.add(.descriptorJSON, Finding.Location(file, line: 1), "\(file) is \(value.kind), not an object")
            return nil
        }
        identity += bytes
        return DescriptorDocument(file: file, bytes: bytes, value: value)
    }

    // MARK: Files that the descriptor refers to

    private mutating func references(_ document: DescriptorDocument) async -> [String: DescriptorDocument] {
        var references: [String: DescriptorDocument] = [:]
        // Each is asked for once, also what is not there.
        var tried: Set<String> = []
        var refusals: [String: String] = [:]
        // Each resource makes its own schema of what it refers to.
        var usedByteCount = 0
        for resource in document.root["resources"]?.items ?? [] {
            for key in ["schema", "dialect"] {
                guard let property = resource[key], let text = property.value.string else { continue }
                if isLeft(text) {
                    findings.add(
                        .referenceRemote, property.location,
                        "the \(key) \(quoted(text)) is not in the package, and what is at URLs is fetched with --fetch only"
                    )
                    continue
                }
                if tried.insert(text).inserted {
                    do throws(Refusal) {
                        references[text] = try await reference(text, isOneTooMany: tried.count > Self.referenceCount)
                    } catch {
                        refusals[text] = error.reason
                    }
                }
                if usedByteCount >= Self.wholeByteCount, references.removeValue(forKey: text) != nil {
                    refusals[text] = "is not read: too many resources refer to schemas for their size"
                }
                usedByteCount += references[text]?.bytes.count ?? 0
                guard let reason = refusals[text] else { continue }
                findings.add(.reference, property.location, "the \(key) \(quoted(text)) \(reason)")
            }
        }
        return references
    }

    private static func isURL(_ text: String) -> Bool { ["http", "https"].contains(PackagePath.scheme(of: text)) }

    /// Whether it is at a URL that is not asked.
    private func isLeft(_ text: String) -> Bool { !fetches && Self.isURL(text) }

    /// Why a file that the descriptor refers to is not read; completes a sentence.
    private struct Refusal: Error { let reason: String }

    /// - Returns: nil for what is no JSON, of which there is a finding in its own place.
    private mutating func reference(_ text: String, isOneTooMany: Bool) async throws(Refusal) -> DescriptorDocument? {
        guard !isOneTooMany, identity.count < Self.wholeByteCount else {
            throw Refusal(reason: "is not read: there are too many")
        }
        if Self.isURL(text) { return try await fetched(text) }
        let path: PackagePath
        do throws(PackagePath.Fault) {
            path = try PackagePath(text)
        } catch {
            throw Refusal(reason: "is not read: the path is not safe: \(error.reason)")
        }
        do throws(SourceError) {
            guard let bytes = try await source.read(path, limit: Self.byteCount) else {
                throw .failed("it is larger than 1 MiB")
            }
            referencePaths.append(path)
            digests[path] = hex(Digest.of(bytes, .md5))
            return parse(bytes, file: path)
        } catch {
            throw Refusal(reason: error.reason)
        }
    }

    // MARK: What is at URLs

    private mutating func fetched(_ url: String) async throws(Refusal) -> DescriptorDocument? {
        fetchCount += 1
        guard fetchCount <= Self.fetchCount else { throw Refusal(reason: "is not fetched: there are too many") }
        do throws(SourceError) {
            guard let bytes = try await RemoteFile.read(url, limit: Self.byteCount) else {
                throw .failed("it is larger than 1 MiB")
            }
            let name = url.prefix { $0 != "?" && $0 != "#" }.lowercased()
            return parse(bytes, file: url, isYAML: name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
        } catch {
            throw Refusal(reason: error.reason)
        }
    }

    /// Profiles that are not those of the specifications ask for what is not looked at here.
    private mutating func noteProfiles(_ document: DescriptorDocument) {
        let places = [document.root] + (document.root["resources"]?.items ?? [])
        for node in places {
            for key in ["profile", "$schema"] {
                guard let property = node[key], let text = property.value.string, Self.isURL(text),
                    !Self.specifications.contains(where: text.contains)
                else { continue }
                findings.add(
                    .profileUnchecked, property.location,
                    "the \(key) \(quoted(text)) is not one of the specifications, and is not looked at")
            }
        }
    }

    private static let specifications = [
        "://datapackage.org/profiles/", "://specs.frictionlessdata.io/", "://schemas.frictionlessdata.io/",
        "://frictionlessdata.io/schemas/", "://schemas.datapackages.org/", "://specs.datapackage.org/",
        "openspending.org/",
    ]
}

extension JSONFault {
    fileprivate var rule: Rule {
        switch kind {
        case .encoding: .descriptorEncoding
        case .duplicateName: .descriptorDuplicate
        case .tooManyValues: .descriptorSize
        case .tooDeep, .unexpected: .descriptorJSON
        }
    }
}
