import Synchronization
import Testing

@testable import CofferFiscal

struct ValidationTests {
    static let cases = FaultyPackage.structure + FaultyPackage.fiscal + FaultyPackage.data + FaultyPackage.integrity

    @Test func `Nothing is found in a package that is right`() async throws {
        let report = try await PackageFixture().validate()
        #expect(report.findings.isEmpty && report.isValid && report.isFiscal)
        #expect(
            report.files == [
                Report.File(resource: "budget", path: "data/budget.csv", rows: 4, bytes: 137),
                Report.File(resource: "cofog", path: "data/cofog.csv", rows: 3, bytes: 68),
            ])
    }

    @Test(arguments: cases.indices)
    func `One thing wrong is found, in its place, and nothing else`(index: Int) async throws {
        let package = Self.cases[index]
        let report = try await package.fixture().validate(allowsUnread: package.allowsUnread)
        let found = Set(report.findings.map(\.rule))
        #expect(found == package.besides.union([package.rule]), "\(package.rule.id) \(package.changes)\n\(report.text)")
        let finding = try #require(report.findings.first { $0.rule == package.rule })
        #expect(report.counts[package.rule] == package.count, "\(report.text)")
        if let row = package.row { #expect(finding.location.row == row, "\(report.text)") }
        if let column = package.column { #expect(finding.location.column == column, "\(report.text)") }
        if let line = package.line { #expect(finding.location.line == line, "\(report.text)") }
        let isDescriptor = [.structure, .fiscal, .integrity].contains(package.rule.level)
        #expect((finding.location.file == "datapackage.json") == isDescriptor, "\(report.text)")
    }

    @Test func `Every rule has a package that breaks it`() {
        #expect(Set(Self.cases.map(\.rule)) == Set(Rule.allCases))
    }

    /// A package whose files are all schemas, and that counts how often each is asked for.
    private final class Schemas: PackageSource {
        let location = "schemas"
        let hasETags = false
        let requests = Mutex<[String: Int]>([:])
        private let descriptor: String
        private let schemaByteCount: Int?

        init(_ names: [String], schemaByteCount: Int?) {
            let resources = names.map { "{\"name\": \"r\", \"path\": \"r.csv\", \"schema\": \"\($0)\"}" }
            descriptor = "{\"name\": \"p\", \"resources\": [\(resources.joined(separator: ","))]}"
            self.schemaByteCount = schemaByteCount
        }

        private final class File: PackageFile {
            let information = FileInformation(byteCount: nil, etag: nil)
            private let rest: Mutex<[UInt8]?>

            init(_ text: String) { rest = Mutex(Array(text.utf8)) }
            func next() async throws(SourceError) -> [UInt8]? { rest.withLock { $0.take() } }
        }

        func open(_ path: PackagePath) async throws(SourceError) -> any PackageFile {
            if path == .descriptor { return File(descriptor) }
            requests.withLock { $0["\(path)", default: 0] += 1 }
            guard let schemaByteCount else { throw .missing }
            return File("{\"fields\": []}" + String(repeating: " ", count: schemaByteCount))
        }

        func information(_ path: PackagePath) async throws(SourceError) -> FileInformation {
            try await open(path).information
        }
    }

    @Test func `A schema that is not there is asked for once, and most of those without end not at all`() async {
        let same = Schemas(Array(repeating: "s.json", count: 50), schemaByteCount: nil)
        #expect(await !PackageValidator(same, levels: [.structure]).validate().isValid)
        #expect(same.requests.withLock { $0["s.json"] } == 1)
        let many = Schemas((0..<1100).map { "s\($0).json" }, schemaByteCount: nil)
        #expect(await !PackageValidator(many, levels: [.structure]).validate().isValid)
        #expect(many.requests.withLock { $0.keys.filter { $0.hasPrefix("s") }.count } == 1000)
    }

    @Test func `Schemas are read up to a limit of all together`() async {
        let large = Schemas((0..<40).map { "s\($0).json" }, schemaByteCount: 1 << 19)
        let report = await PackageValidator(large, levels: [.structure]).validate()
        #expect(report.counts[.reference] == 24)
    }

    @Test func `A schema is read for as many resources as its size lets it`() async {
        let shared = Schemas(Array(repeating: "s.json", count: 40), schemaByteCount: 1 << 19)
        let report = await PackageValidator(shared, levels: [.structure]).validate()
        #expect(report.counts[.reference] == 24)
        #expect(shared.requests.withLock { $0["s.json"] } == 1)
    }

    @Test func `A name that occurs twice is a finding with its place`() async throws {
        let once = #""attributes": {"year": {"source": "year", "parent": "year"}}"#
        let descriptor = PackageFixture.descriptor.replacing(
            #""attributes": {"year": {"source": "year"}}"#, with: "\(once), \(once)")
        let report = try await PackageFixture(descriptor: descriptor).validate()
        #expect(report.counts == [.descriptorDuplicate: 1])
        let finding = try #require(report.findings.first)
        let lines = descriptor.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(finding.location.line == lines.firstIndex { $0.contains(once) }.map { $0 + 1 })
        #expect(finding.message.contains("the name \"attributes\" occurs twice"))
    }

    @Test(.timeLimit(.minutes(10)))
    func `Data whose rows have far more fields than members is refused`() async throws {
        let fields = (0..<1000).map { "{\"name\": \"f\($0)\"}" }.joined(separator: ",")
        let rows = Array(repeating: "{}", count: 50_000).joined(separator: ",")
        let descriptor =
            #"{"name": "p", "resources": [{"name": "t", "data": [\#(rows)], "schema": {"fields": [\#(fields)]}}]}"#
        let report = try await PackageFixture(descriptor: descriptor, files: [:]).validate()
        #expect(report.counts == [.descriptorSize: 1])
    }

    @Test func `Warnings leave a package valid, and errors do not`() async throws {
        for package in Self.cases {
            let report = try await package.fixture().validate()
            let hasError = report.findings.contains { $0.severity == .error }
            #expect(report.isValid == !hasError, "\(package.rule.id)")
        }
    }
}
