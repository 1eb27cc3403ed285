import CofferCrypto
import CofferModel

/// Reads the descriptor of a package, and the schemas and dialects that stand in files of their own.
struct DescriptorLoader {
    let source: any PackageSource
    var findings: Findings
    /// The bytes of the descriptor and of what it refers to, once they were read.
    private(set) var identity: [UInt8] = []

    /// The bytes of the descriptor alone.
    private(set) var descriptor: [UInt8] = []
    /// The files that the descriptor refers to and that were read.
    private(set) var referencePaths: [PackagePath] = []
    /// Their MD5, in hexadecimal.
    private(set) var digests: [PackagePath: String] = [:]

    /// Why the place could not be asked for a descriptor.
    private(set) var failure: SourceError?

    /// Largest descriptor, schema or dialect, in bytes.
    static let byteCount = 2 << 20
    /// Most values of such a document.
    static let valueCount = 100_000
    /// Most schemas and dialects in files of their own, and how long they and the descriptor may be together, and they for
    /// all resources that refer to them; further ones are findings.
    private static let referenceCount = 1000
    private static let wholeByteCount = 8 << 20

    init(_ source: any PackageSource, findings: Findings) {
        self.source = source
        self.findings = findings
    }

    /// - Returns: nil if there is no descriptor that can be read; then there is a finding.
    mutating func load() async -> PackageDescriptor? {
        let path = PackagePath.descriptor
        do throws(SourceError) {
            guard let bytes = try await source.read(path, limit: Self.byteCount) else {
                findings.add(.descriptorSize, Finding.Location("\(path)"), "the descriptor is larger than 2 MiB")
                return nil
            }
            descriptor = bytes
            guard let document = parse(bytes, file: "\(path)") else { return nil }
            return await read(document)
        } catch {
            findings.add(.descriptorMissing, Finding.Location("\(path)"), "\(path) \(error.reason)")
            if case .failed = error { failure = error }
            return nil
        }
    }

    private mutating func read(_ document: DescriptorDocument) async -> PackageDescriptor {
        var reader = DescriptorReader(document, references: await references(document), findings: findings)
        reader.read()
        findings = reader.findings
        return reader.package
    }

    private mutating func parse(_ bytes: [UInt8], file: String) -> DescriptorDocument? {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(document: bytes, valueLimit: Self.valueCount)
        } catch {
            findings.add(error.rule, Finding.Location(file, line: error.position.line), "\(file): \(error)")
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

    /// Why a file that the descriptor refers to is not read; completes a sentence.
    private struct Refusal: Error { let reason: String }

    /// - Returns: nil for what is no JSON, of which there is a finding in its own place.
    private mutating func reference(_ text: String, isOneTooMany: Bool) async throws(Refusal) -> DescriptorDocument? {
        let path: PackagePath
        do throws(PackagePath.Fault) {
            path = try PackagePath(text)
        } catch {
            let isURL = PackagePath.isURL(text)
            let reason = isURL ? "URLs are not followed" : "the path is not safe: \(error.reason)"
            throw Refusal(reason: "is not read: \(reason)")
        }
        guard !isOneTooMany, identity.count < Self.wholeByteCount else {
            throw Refusal(reason: "is not read: there are too many")
        }
        do throws(SourceError) {
            guard let bytes = try await source.read(path, limit: Self.byteCount) else {
                throw .failed("it is larger than 2 MiB")
            }
            referencePaths.append(path)
            digests[path] = hex(Digest.of(bytes, .md5))
            return parse(bytes, file: "\(path)")
        } catch {
            throw Refusal(reason: error.reason)
        }
    }
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
