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
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/CofferFiscal/CofferFiscal.docc/CofferFiscal.md")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        for rule in Rule.allCases {
            let line = "| `\(rule.id)` | \(rule.severity.rawValue) | \(rule.summary) |"
            #expect(text.contains(line), "\(line)")
        }
    }
}
