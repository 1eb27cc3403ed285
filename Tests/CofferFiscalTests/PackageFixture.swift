import FoundationEssentials

@testable import CofferFiscal

/// A package in a directory of its own, which is removed with it.
final class PackageFixture: Sendable {
    let directory: String

    init(descriptor: String? = PackageFixture.descriptor, files: [String: [UInt8]] = PackageFixture.files) throws {
        directory = FileManager.default.temporaryDirectory.path + "/package-\(UUID().uuidString)"
        try write(Array((descriptor ?? "").utf8), "datapackage.json")
        if descriptor == nil { try FileManager.default.removeItem(atPath: "\(directory)/datapackage.json") }
        for (path, bytes) in files { try write(bytes, path) }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }  // It is in the temporary directory.

    func write(_ bytes: [UInt8], _ path: String) throws {
        let file = "\(directory)/\(path)"
        let parent = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
    }

    func link(_ path: String, to target: String) throws {
        try? FileManager.default.removeItem(atPath: "\(directory)/\(path)")  // There may be none.
        try FileManager.default.createSymbolicLink(atPath: "\(directory)/\(path)", withDestinationPath: target)
    }

    func validate(
        levels: Set<Rule.Level> = Set(Rule.Level.allCases), findingLimit: Int = 100, allowsUnread: Bool = false
    ) async -> Report {
        await PackageValidator(
            DirectorySource(directory), levels: levels, findingLimit: findingLimit, allowsUnread: allowsUnread
        ).validate()
    }

    /// A package of both versions in which nothing is found.
    static let descriptor = """
        {
          "name": "village",
          "title": "Budget of a village",
          "licenses": [{"name": "CC0-1.0"}],
          "countryCode": "AT",
          "granularity": "aggregated",
          "fiscalPeriod": {"start": "2025-01-01", "end": "2025-12-31"},
          "resources": [
            {
              "name": "budget", "path": "data/budget.csv", "mediatype": "text/csv", "encoding": "utf-8",
              "bytes": 137, "hash": "23fad7dee8459bc0caaf769c1491a5ad",
              "dialect": {"delimiter": ",", "quoteChar": "\\""},
              "schema": {
                "fields": [
                  {"name": "id", "type": "integer"},
                  {"name": "year", "type": "year", "columnType": "date:fiscal-year"},
                  {"name": "cofog", "type": "string", "columnType": "functional-classification:cofog:code"},
                  {"name": "title", "type": "string", "constraints": {"maxLength": 20}},
                  {"name": "amount", "type": "number", "columnType": "value"}
                ],
                "missingValues": ["", "-"],
                "primaryKey": "id",
                "foreignKeys": [{"fields": "cofog", "reference": {"resource": "cofog", "fields": "code"}}]
              }
            },
            {
              "name": "cofog", "path": "data/cofog.csv",
              "schema": {
                "fields": [{"name": "code", "type": "string"}, {"name": "label", "type": "string"}],
                "primaryKey": ["code"], "fieldsMatch": "exact"
              }
            }
          ],
          "model": {
            "measures": {
              "amount": {
                "source": "amount", "currency": "EUR", "factor": 1000, "direction": "expenditure", "phase": "approved"
              }
            },
            "dimensions": {
              "date": {
                "dimensionType": "datetime", "primaryKey": "year", "attributes": {"year": {"source": "year"}}
              },
              "function": {
                "dimensionType": "classification", "classificationType": "functional", "primaryKey": ["code"],
                "attributes": {
                  "division": {"constant": "all"},
                  "code": {"source": "code", "resource": "cofog", "parent": "division"},
                  "label": {"source": "label", "resource": "cofog", "labelfor": "code"}
                }
              }
            }
          }
        }
        """

    static let budget = """
        id,year,cofog,title,amount
        1,2025,01.1,Mayor,12.5
        2,2025,07.4,"Surgery, and ""nurse\""",30
        3,2025,09.1,School,-
        4,2025,,Café and inn,1e1

        """
    static let cofog = "code,label\n01.1,Executive\n07.4,Public health\n09.1,Primary education\n"

    static var files: [String: [UInt8]] {
        ["data/budget.csv": Array(budget.utf8), "data/cofog.csv": Array(cofog.utf8)]
    }
}

/// A derived database's file, which is removed with it.
final class PackageFixtureDatabase: Sendable {
    let path = FileManager.default.temporaryDirectory.path + "/derived-\(UUID().uuidString).db"
    deinit { try? FileManager.default.removeItem(atPath: path) }  // It is in the temporary directory.

    func texts(_ sql: String) throws -> [String] { try DerivedDatabase(path: path).texts(sql) }
}
