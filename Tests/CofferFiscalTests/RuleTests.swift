import CofferFiscal
import FoundationEssentials
import Testing

struct RuleTests {
    @Test func `Ids are words with hyphens, and none stands for two rules`() {
        for rule in Rule.allCases {
            #expect(rule.id.allSatisfy { $0 == "-" || ("a"..."z").contains($0) }, "\(rule)")
        }
        #expect(Set(Rule.allCases.map(\.id)).count == Rule.allCases.count)
    }

    @Test func `Integrity has warnings alone, since real descriptors are wrong about it`() {
        #expect(Rule.allCases.filter { $0.level == .integrity }.allSatisfy { $0.severity == .warning })
    }

    @Test func `The documentation tells of every rule what it says of itself`() throws {
        let text = try Self.source("CofferFiscal.docc/CofferFiscal.md")
        for rule in Rule.allCases {
            let line = "| `\(rule.id)` | \(rule.severity.rawValue) | \(rule.summary) |"
            #expect(text.contains(line), "\(line)")
        }
    }

    @Test func `The comment on every rule is its summary`() throws {
        var comment: [Substring] = []
        var comments: [String: String] = [:]
        for line in try Self.source("Findings/Rule.swift").split(separator: "\n").map({ $0.drop { $0 == " " } }) {
            if line.hasPrefix("/// ") {
                comment.append(line.dropFirst(4))
                continue
            }
            if line.hasPrefix("case ") {
                comments[String(line.dropFirst(5).prefix { $0 != " " })] = comment.joined(separator: " ")
            }
            comment = []
        }
        for rule in Rule.allCases { #expect(comments["\(rule)"] == rule.summary) }
    }

    private static func source(_ path: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/CofferFiscal/\(path)")
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}
