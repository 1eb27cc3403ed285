import CofferModel
import Testing

@testable import CofferFiscal

struct PackageRefreshTests {
    private static func refresh(_ fixture: PackageFixture, _ paths: [String] = []) async throws -> PackageRefresh {
        try await PackageRefresh(try paths.map { try PackagePath($0) }, in: DirectorySource(fixture.directory))
    }

    private static let budget = Array("id,year,cofog,title,amount\n1,2025,01.1,Mayor,12.5\n".utf8)

    @Test func `A descriptor that fits its tables stays as it is, to the last byte`() async throws {
        let fixture = try PackageFixture(
            descriptor: PackageFixture.descriptor.replacing(
                #""path": "data/cofog.csv","#,
                with: #""path": "data/cofog.csv", "bytes": 68, "hash": "e82ba7c77de24d1c9c0aaf3cde3a8e59","#))
        let first = try await Self.refresh(fixture)
        try fixture.write(Array(first.descriptor.utf8), "datapackage.json")
        let second = try await Self.refresh(fixture)
        #expect(second.changes.isEmpty && second.notes.isEmpty, "\(second.changes) \(second.notes)")
        #expect(second.descriptor == first.descriptor)
    }

    @Test func `Bytes and hash are those of the files, and all else stays as it was written`() async throws {
        let descriptor = PackageFixture.descriptor.replacing(#""bytes": 137"#, with: #""bytes" :  136"#)
        let fixture = try PackageFixture(descriptor: descriptor)
        let refresh = try await Self.refresh(fixture)
        #expect(refresh.changes.count == 2 && refresh.changes[0] == "budget: 136 to 137 bytes", "\(refresh.changes)")
        #expect(refresh.changes[1].hasPrefix("cofog: 68 bytes, hash "))
        let mended = refresh.descriptor.replacing(#""bytes" :  137"#, with: #""bytes" :  136"#)
        let hash = try #require(refresh.changes[1].split(separator: " ").last)
        let added = ",\n      \"bytes\": 68,\n      \"hash\": \"\(hash)\""
        #expect(mended.replacing(added, with: "") == descriptor, "\(mended)")
        try fixture.write(Array(refresh.descriptor.utf8), "datapackage.json")
        #expect(await fixture.validate().findings.isEmpty)
    }

    @Test(arguments: [
        (#""sha256:00ff""#, #""sha256:"#, 64), (#""md5:00ff""#, #""md5:"#, 32), ("null", "\"", 32),
    ])
    func `A hash stays of its algorithm`(old: String, start: String, digitCount: Int) async throws {
        let fixture = try FaultyPackage(.hash, (#""23fad7dee8459bc0caaf769c1491a5ad""#, old)).fixture()
        let refresh = try await Self.refresh(fixture)
        let line = try #require(refresh.descriptor.split(separator: "\n").first { $0.contains("\"bytes\": 137") })
        let hash = try #require(line.split(separator: "\"hash\": ").last?.dropLast())
        #expect(hash.hasPrefix(start) && hash.count == start.count + digitCount + 1, "\(hash)")
        try fixture.write(Array(refresh.descriptor.utf8), "datapackage.json")
        #expect(await fixture.validate().findings.isEmpty)
    }

    @Test func `A hash of an algorithm that is not known is told and left`() async throws {
        let fixture = try FaultyPackage(.hash, (#""23fad7dee8459bc0caaf769c1491a5ad""#, #""tiger:00ff""#)).fixture()
        let refresh = try await Self.refresh(fixture)
        #expect(refresh.descriptor.contains(#""tiger:00ff""#))
        #expect(refresh.notes == ["budget: the algorithm of its hash is not supported; the hash is unchanged"])
    }

    @Test func `New columns are fields in their places`() async throws {
        let rows = "note,id,year,month,quarter,cofog,title,amount,spent\nx,1,2025,3,1,01.1,Mayor,12.5,2.5\n"
        let fixture = try FaultyPackage(.bytes, budget: rows).fixture()
        let refresh = try await Self.refresh(fixture)
        #expect(
            refresh.changes.filter { $0.contains("new") } == [
                #"budget: new field "note", string"#, #"budget: new field "month", integer"#,
                #"budget: new field "quarter", integer"#, #"budget: new field "spent", number"#,
            ])
        #expect(refresh.notes.contains(#"budget: "spent" may be a measure; the model is unchanged"#))
        try fixture.write(Array(refresh.descriptor.utf8), "datapackage.json")
        let report = await fixture.validate()
        #expect(report.findings.isEmpty, "\(report.text)\n\(refresh.descriptor)")
        // As its neighbours are.
        #expect(refresh.descriptor.contains("\n          {\"name\": \"month\", \"type\": \"integer\"},\n"))
    }

    @Test func `What does not fit any more is told, and not changed`() async throws {
        let rows = "id,amount,year,title\n1,5,2025,Mayor\n2,much,25,Clerk\n3,more,2025,Guard\n"
        let fixture = try FaultyPackage(.bytes, budget: rows).with { $0.missing = ["data/cofog.csv"] }.fixture()
        let refresh = try await Self.refresh(fixture)
        #expect(
            refresh.notes == [
                #"budget: the column "cofog" no longer exists; its field is unchanged"#,
                #"budget: 1 cell does not have the type year of the field "year", first in row 3 of data/budget.csv; the field is unchanged"#,
                #"budget: 2 cells do not have the type number of the field "amount", first in row 3 of data/budget.csv; the field is unchanged"#,
                "budget: the columns are in a different order than the fields, which are unchanged",
                "cofog: its file no longer exists; remove the resource if it is no longer needed",
            ])
        #expect(refresh.changes.count == 1 && refresh.descriptor.contains(#""name": "cofog", "type": "string""#))
    }

    @Test func `A column of another name in a field's place is told, and no second field is made`() async throws {
        let fixture = try FaultyPackage(.headerName, budget: "id,year,cofog,name,amount\n1,2025,01.1,Mayor,1\n")
            .fixture()
        let refresh = try await Self.refresh(fixture)
        #expect(
            refresh.notes == [
                #"budget: the column "name" is at the position of the field "title"; rename the field if they are the same"#
            ])
        #expect(!refresh.changes.contains { $0.contains("new field") })
    }

    @Test func `A new table is a resource of its own name`() async throws {
        let fixture = try PackageFixture()
        try fixture.write(Array("code,label\n1,A\n2,B\n".utf8), "new/cofog.csv")
        try fixture.write([], "new/empty.csv")
        let refresh = try await Self.refresh(
            fixture, ["data/budget.csv", "data/cofog.csv", "new/cofog.csv", "new/empty.csv"])
        #expect(refresh.changes.last == "cofog-2: new resource for new/cofog.csv, with 2 fields")
        #expect(refresh.notes == ["new/empty.csv is left out: it is empty"])
        try fixture.write(Array(refresh.descriptor.utf8), "datapackage.json")
        let report = await fixture.validate()
        #expect(report.findings.isEmpty && report.files.count == 3, "\(report.text)\n\(refresh.descriptor)")
        #expect(refresh.descriptor.hasPrefix("{\n  \"name\": \"village\",\n"))
    }

    @Test func `Descriptors on one line, with CR LF, or with tabs stay so`() async throws {
        let schema = #""schema": {"fields": [{"name": "a", "type": "integer"}]}"#
        for space in ["", "\r\n\t\t", "\n    "] {
            let descriptor =
                "{\(space)\"name\": \"p\",\(space)\"resources\": [\(space){\"name\": \"r\", \"path\": \"r.csv\", \(schema)}]}"
            let fixture = try PackageFixture(
                descriptor: descriptor, files: ["r.csv": Array("a,b\n1,2\n".utf8), "s.csv": Array("c\n1\n".utf8)])
            let refresh = try await Self.refresh(fixture, ["r.csv", "s.csv"])
            #expect(refresh.changes.count == 3)
            try fixture.write(Array(refresh.descriptor.utf8), "datapackage.json")
            #expect(await fixture.validate().findings.isEmpty)
            let ends = refresh.descriptor.utf8.split(separator: 10, omittingEmptySubsequences: false).dropLast()
            #expect(ends.allSatisfy { ($0.last == 13) == (space.utf8.first == 13) }, "\(refresh.descriptor)")
            #expect(space != "" || !refresh.descriptor.contains("\n"))
        }
    }

    @Test func `A schema in a file of its own is not written into`() async throws {
        let fixture = try PackageFixture(
            descriptor: #"{"name": "p", "resources": [{"name": "r", "path": "r.csv", "schema": "s.json"}]}"#,
            files: [
                "r.csv": Array("a,b\n1,2\n".utf8),
                "s.json": Array(#"{"fields": [{"name": "a", "type": "integer"}]}"#.utf8),
            ])
        let refresh = try await Self.refresh(fixture)
        #expect(refresh.notes == [#"r: the column "b" is new; add it to the schema's separate file"#])
        #expect(refresh.changes.count == 1)
    }

    @Test(arguments: [
        "{", #"{"name": "p", "resources": []}"#, #"{"name": "p", "name": "q", "resources": [{"name": "r"}]}"#,
    ])
    func `What cannot be read, or in two ways, is not brought up to date`(descriptor: String) async throws {
        let fixture = try PackageFixture(descriptor: descriptor, files: [:])
        await #expect(throws: PackageError.self) { try await Self.refresh(fixture) }
    }
}
