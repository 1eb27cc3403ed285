import CofferCrypto
import CofferModel

/// Reads the descriptor of a package, and the schemas and dialects in separate files.
struct DescriptorLoader {
    let source: any PackageSource
    var findings: Findings
    /// Whether schemas, dialects and data at URLs are fetched.
    private let fetches: Bool
    /// The path of the descriptor.
    private(set) var path = PackagePath.descriptor
    /// The bytes of the descriptor and of the documents that it refers to, after reading.
    private(set) var identity: [UInt8] = []

    /// The bytes of the descriptor alone.
    private(set) var descriptor: [UInt8] = []
    /// The files that the descriptor refers to and that could be read.
    private(set) var referencePaths: [PackagePath] = []
    /// The MD5 of each of these files, in hexadecimal.
    private(set) var digests: [PackagePath: String] = [:]

    private var fetchCount = 0

    /// Why the source could not be asked for a descriptor.
    private(set) var failure: SourceError?

    /// The maximum size of a descriptor, schema or dialect, in bytes.
    static let byteCount = 768 << 10
    /// The maximum number of schemas and dialects in separate files. `wholeByteCount` is the maximum size of these and
    /// the descriptor together, and of the documents used by all resources, counted per use; excess ones are reported
    /// as findings.
    private static let referenceCount = 1000
    private static let wholeByteCount = 8 << 20
    /// The maximum number of schemas and dialects to fetch from URLs, each fetched once.
    private static let fetchCount = 100

    init(_ source: any PackageSource, findings: Findings, fetches: Bool = false) {
        self.source = source
        self.findings = findings
        self.fetches = fetches
    }

    /// - Returns: nil if there is no readable descriptor, which is reported as a finding.
    mutating func load() async -> PackageDescriptor? {
        do throws(SourceError) {
            guard let bytes = try await descriptorBytes() else {
                findings.add(.descriptorSize, Finding.Location("\(path)"), "the descriptor is larger than 768 KiB")
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

    /// Reads the descriptor that the location named, or the first one that exists. A caller who may not list the files
    /// gets access denied instead of not found.
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
                    // Errors of the alternative names, which the caller did not ask for, are ignored.
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
                isYAML
                ? try YAMLReader.value(bytes)
                : try JSONValue(document: bytes, valueLimit: DescriptorDocument.valueLimit)
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
            findings.add(
                .descriptorJSON, Finding.Location(file, line: 1), "\(file) must be an object, not \(value.kind)")
            return nil
        }
        identity += bytes
        return DescriptorDocument(file: file, bytes: bytes, value: value)
    }

    // MARK: Files that the descriptor refers to

    private mutating func references(_ document: DescriptorDocument) async -> [String: DescriptorDocument] {
        var references: [String: DescriptorDocument] = [:]
        // Each document is requested only once, even if it is missing.
        var tried: Set<String> = []
        var refusals: [String: String] = [:]
        // Each resource builds its own schema from the document it refers to.
        var usedByteCount = 0
        for resource in document.root["resources"]?.items ?? [] {
            for key in ["schema", "dialect"] {
                guard let property = resource[key], let text = property.value.string else { continue }
                if isLeft(text) {
                    findings.add(
                        .referenceRemote, property.location,
                        "the \(key) \(quoted(text)) is not in the package: use --fetch to fetch it"
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
                    refusals[text] =
                        "is not read: the schemas of all resources are larger than 8 MiB in total, counted for each resource"
                }
                usedByteCount += references[text]?.bytes.count ?? 0
                guard let reason = refusals[text] else { continue }
                findings.add(.reference, property.location, "the \(key) \(quoted(text)) \(reason)")
            }
        }
        return references
    }

    /// Whether the text is a URL, and URLs are not fetched.
    private func isLeft(_ text: String) -> Bool { !fetches && URLScheme.isWeb(text) }

    /// Why a file that the descriptor refers to is not read, as the end of a sentence.
    private struct Refusal: Error { let reason: String }

    /// - Returns: nil if the file is not JSON, which is reported as a finding of its own.
    private mutating func reference(_ text: String, isOneTooMany: Bool) async throws(Refusal) -> DescriptorDocument? {
        guard !isOneTooMany, identity.count < Self.wholeByteCount else {
            throw Refusal(
                reason: "is not read: the limit is \(Self.referenceCount) schemas and dialects, and 8 MiB in total")
        }
        if URLScheme.isWeb(text) { return try await fetched(text) }
        let path: PackagePath
        do throws(PackagePath.Fault) {
            path = try PackagePath(text)
        } catch {
            throw Refusal(
                reason: "is not read: the path is not allowed: \(error.reason); use a relative path within the package")
        }
        do throws(SourceError) {
            guard let bytes = try await source.read(path, limit: Self.byteCount) else {
                throw .failed("it is larger than 768 KiB")
            }
            referencePaths.append(path)
            digests[path] = hex(Digest.of(bytes, .md5))
            return parse(bytes, file: path)
        } catch {
            throw Refusal(reason: error.reason)
        }
    }

    // MARK: URLs

    private mutating func fetched(_ url: String) async throws(Refusal) -> DescriptorDocument? {
        fetchCount += 1
        guard fetchCount <= Self.fetchCount else {
            throw Refusal(reason: "is not fetched: the limit is \(Self.fetchCount) schemas and dialects")
        }
        do throws(SourceError) {
            guard let bytes = try await RemoteFile.read(url, limit: Self.byteCount) else {
                throw .failed("it is larger than 768 KiB")
            }
            let name = url.prefix { $0 != "?" && $0 != "#" }.lowercased()
            return parse(bytes, file: url, isYAML: name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
        } catch {
            throw Refusal(reason: error.reason)
        }
    }

    /// Reports profiles other than those of the specifications, since their requirements are not checked.
    private mutating func noteProfiles(_ document: DescriptorDocument) {
        let places = [document.root] + (document.root["resources"]?.items ?? [])
        for node in places {
            for key in ["profile", "$schema"] {
                guard let property = node[key], let text = property.value.string, URLScheme.isWeb(text),
                    !Self.specifications.contains(where: text.contains)
                else { continue }
                findings.add(
                    .profileUnchecked, property.location,
                    "the \(key) \(quoted(text)) is not one of the specifications': its requirements are not checked")
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
