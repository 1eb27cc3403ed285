import CofferAccess
import CofferCrypto
import CofferModel
import Testing

@testable import CofferIAM

/// Tokens of temporary credentials, and simulations of policies.
@Suite(.serialized) struct SessionWorstCases {
    private static let account = Account(id: "111122223333", canonicalID: "a")

    /// As long as a header of a request may be.
    @Test func `Tokens of others`() throws {
        let tokens = SessionTokens(box: SecretBox(key: [UInt8](repeating: 1, count: 32)))
        let other = SessionTokens(box: SecretBox(key: [UInt8](repeating: 2, count: 32)))
        for (name, token) in [
            ("letters", fill(16 << 10, "AAAA")), ("padding", fill(16 << 10, "=")), ("no Base64", fill(16 << 10, "%")),
            ("marks", fill(16 << 10, "a" + fill(1020, marks))), ("another key", try other.seal(Self.claims(0))),
        ] {
            WorstCase.check("a token of \(name)", most: 3) { _ = try tokens.open(token) }
        }
    }

    /// Whoever may ask for sessions has the server open the largest of them, each once.
    @Test func `The largest tokens`() throws {
        let box = SecretBox(key: [UInt8](repeating: 1, count: 32))
        let sealing = SessionTokens(box: box)
        for (name, statement) in [
            ("actions", #"{"Effect":"Allow","Action":[\#(fill(1800, "\"s3:*\","))"s3:*"],"Resource":"*"}"#),
            ("stars", #"{"Effect":"Allow","Action":"s3:\#(fill(1800, "*a"))","Resource":"*"}"#),
            ("statements", fill(1800, #"{"Effect":"Allow","Action":"s3:*","Resource":"*"},"#).dropLast().description),
        ] {
            var claims = Self.claims(50)
            claims.policies = [#"{"Version":"2012-10-17","Statement":[\#(statement)]}"#]
            let token = try sealing.seal(claims)
            WorstCase.check("a token of \(name), \(token.utf8.count) bytes", most: 5) {
                _ = try SessionTokens(box: box).open(token)
            }
        }
    }

    private static func claims(_ tags: Int) -> SessionClaims {
        SessionClaims(
            kind: .role, accessKeyID: "ASIA", secret: "a", issued: 0, expires: .max, holderID: "AROA",
            accountID: account.id, name: "a",
            tags: (0..<tags).map { SessionTag(key: "k\($0)", value: fill(20, "\"")) })
    }

    /// Policies and texts of one request, of which a page tries as many decisions as it may.
    @Test func `A page of a simulation`() throws {
        let values: [(String, String)] = [("short", "a"), ("long", fill(300_000, "a"))]
        let conditions: [(String, String)] = [
            ("no condition", ""), ("a star", #","Condition":{"StringLike":{"a:b":"*a*b"}}"#),
            ("stars", #","Condition":{"StringLike":{"a:b":"\#(fill(4000, "*?a"))b"}}"#),
            ("many texts", #","Condition":{"StringLike":{"a:b":[\#(fill(4000, "\"*b\","))"b"]}}"#),
            ("no case", #","Condition":{"StringEqualsIgnoreCase":{"a:b":[\#(fill(4000, "\"b\","))"b"]}}"#),
        ]
        for (length, text) in values {
            for (name, condition) in conditions {
                let statement = #"{"Effect":"Allow","Action":"s3:*","Resource":"*"\#(condition)}"#
                let document = #"{"Version":"2012-10-17","Statement":[\#(statement)]}"#
                let policy = try SimulatedPolicy(id: "a", type: "none", document: document)
                let count = Simulated.decisionCount(
                    documentByteCount: 20 * policy.byteCount, valueByteCount: text.utf8.count)
                WorstCase.check("\(min(count, 1000)) decisions of a simulation, \(name), a \(length) value") {
                    let policies = PolicySet(identity: (0..<20).map { policy.named(String($0)) })
                    for _ in 0..<min(count, 1000) {
                        let request = AccessRequest(
                            principal: .root(Self.account), action: "s3:GetObject", resource: "arn:aws:s3:::books/a",
                            resourceAccount: nil, value: { $0.text == "a:b" ? [text] : nil })
                        _ = try explain(request, policies)
                    }
                }
            }
        }
    }
}
