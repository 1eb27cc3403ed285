import CofferModel
import CofferStorage
import Testing

@testable import CofferIAM

/// What the directory holds in memory.
struct IAMTextTests {
    @Test func `Documents and tags are counted in bytes`() {
        let time = Timestamp(seconds: 0)
        let tags = [Tag(key: "é", value: "12")]
        var directory = IAMDirectory()
        #expect(directory.textByteCount == 0)
        var user = IAMUser(id: "AIDA", name: "u", created: time)
        user.tags = tags
        user.inlinePolicies = ["p": "{ }"]
        directory.users["u"] = user
        #expect(directory.textByteCount == 7)
        var role = IAMRole(id: "AROA", name: "r", path: "/", created: time, trustPolicy: "12345")
        role.tags = tags
        directory.roles["r"] = role
        #expect(directory.textByteCount == 16)
        var policy = IAMPolicy(id: "ANPA", name: "p", path: "/", created: time, document: "1234567890")
        policy.tags = tags
        directory.policies["p"] = policy
        #expect(directory.textByteCount == 30)
    }
}
