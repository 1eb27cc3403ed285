import Testing

@testable import CofferIAM

/// The tags of a session's principal.
struct SessionTagTests {
    private func claims(_ tags: [SessionTag]?) -> SessionClaims {
        SessionClaims(
            kind: .role, accessKeyID: "ASIA", secret: "s", issued: 0, expires: 1, holderID: "AROA",
            accountID: "000000000000",
            tags: tags)
    }

    @Test(arguments: [
        (["Team": "b"], [("Team", "a")], ["Team": "a"]),
        (["TEAM": "b", "cost": "7"], [("Team", "a")], ["Team": "a", "cost": "7"]),
        (["team": "b"], [("Größe", "1")], ["team": "b", "Größe": "1"]),
        (["GRÖSSE": "b"], [("größe", "1")], ["größe": "1", "GRÖSSE": "b"]),
        (["GRÖßE": "b"], [("größe", "1")], ["größe": "1"]), ([:], [("a", "")], ["a": ""]), (["a": "1"], [], ["a": "1"]),
    ])
    func `Tags of a session replace those of the role, in any case`(
        own: [String: String], given: [(String, String)], expected: [String: String]
    ) {
        let tags = given.map { SessionTag(key: $0.0, value: $0.1) }
        #expect(claims(tags).principalTags(over: own) == expected)
    }

    @Test func `A session without tags has those of the role`() {
        #expect(claims(nil).principalTags(over: ["a": "1"]) == ["a": "1"])
    }
}
