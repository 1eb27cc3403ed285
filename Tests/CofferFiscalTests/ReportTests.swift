import CofferModel
import Testing

@testable import CofferFiscal

struct ReportTests {
    private static func report() async throws -> Report {
        try await FaultyPackage(.type, budget: "id,year,cofog,title,amount\n1,2025,01.1,Mayor,a lot\n").fixture()
            .validate()
    }

    @Test func `JSON tells everything that the report knows`() async throws {
        let report = try await Self.report()
        let json = try #require(try JSONValue(document: Array(report.json.utf8)).object)
        #expect(json["valid"]?.bool == false && json["fiscal"]?.bool == true && json["name"]?.string == "village")
        #expect(json["errors"]?.integer == 1 && json["warnings"]?.integer == 0)
        #expect(json["counts"]?.object?["type"]?.integer == 1)
        let finding = try #require(json["findings"]?.array?.first?.object)
        #expect(
            finding["rule"]?.string == "type" && finding["severity"]?.string == "error"
                && finding["level"]?.string == "data")
        #expect(finding["file"]?.string == "data/budget.csv" && finding["resource"]?.string == "budget")
        #expect(finding["row"]?.integer == 2 && finding["line"]?.integer == 2 && finding["column"]?.integer == 5)
        #expect(finding["field"]?.string == "amount" && finding["pointer"] == nil)
        #expect(json["files"]?.array?.first?.object?["rows"]?.integer == 1)
    }

    @Test func `SARIF has each finding with its rule and the line of its file`() async throws {
        let report = try await Self.report()
        let log = try #require(try JSONValue(document: Array(report.sarif(toolVersion: "1.2.3").utf8)).object)
        #expect(log["version"]?.string == "2.1.0")
        let run = try #require(log["runs"]?.array?.first?.object)
        let driver = try #require(run["tool"]?.object?["driver"]?.object)
        #expect(driver["version"]?.string == "1.2.3")
        let rules = try #require(driver["rules"]?.array).compactMap { $0.object?["id"]?.string }
        #expect(rules == Rule.allCases.map(\.id))
        let result = try #require(run["results"]?.array?.first?.object)
        #expect(result["ruleId"]?.string == "type" && result["level"]?.string == "error")
        #expect(rules[try #require(result["ruleIndex"]?.integer)] == "type")
        let place = try #require(result["locations"]?.array?.first?.object?["physicalLocation"]?.object)
        #expect(place["artifactLocation"]?.object?["uri"]?.string == "data/budget.csv")
        #expect(place["region"]?.object?["startLine"]?.integer == 2)
        let base = run["originalUriBaseIds"]?.object?["PACKAGE"]?.object?["uri"]?.string
        #expect(base?.hasPrefix("file:///") == true && base?.hasSuffix("/") == true)
    }

    @Test func `Text has a line for a finding, and the verdict`() async throws {
        let text = try await Self.report().text
        #expect(text.hasPrefix("error [type] data/budget.csv, row 2, column 5 (amount): \"a lot\" is not a number"))
        #expect(text.hasSuffix("village: not valid, 1 error, 0 warnings"))
    }

    @Test func `What a package has in its cells cannot break a report`() async throws {
        let report = try await FaultyPackage(
            .type, budget: "id,year,cofog,title,amount\n1,2025,01.1,Mayor,\"\u{1B}[31m\"\"\n\\\"\n"
        ).fixture().validate()
        #expect(report.findings.map(\.rule) == [.type])
        let header = try await FaultyPackage(
            .headerExtra, budget: "id,year,cofog,title,amount,\u{1B}]0;x\u{9B}\u{202E}\n"
        ).fixture().validate()
        #expect(header.findings.contains { $0.rule == .headerExtra })
        #expect(
            header.text.unicodeScalars.allSatisfy {
                $0 == "\n" || $0.value >= 32 && !(0x7F...0x9F).contains($0.value) && $0.value != 0x202E
            })
        #expect(!report.text.contains("\u{1B}") && report.text.split(separator: "\n").count == 4)
        #expect(throws: Never.self) { try JSONValue(document: Array(report.json.utf8)) }
        #expect(throws: Never.self) { try JSONValue(document: Array(report.sarif(toolVersion: "1").utf8)) }
    }
}
