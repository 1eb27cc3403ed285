import CofferModel
import CofferTestSupport
import Testing

@testable import CofferStorage

extension IAMUser {
    /// A user with something of everything.
    static var alice: IAMUser {
        var user = IAMUser(id: "AIDA1", name: "alice", path: "/staff/", created: Timestamp(seconds: 1))
        user.tags = [Tag(key: "b", value: "1"), Tag(key: "a", value: "")]
        user.boundary = "arn:aws:iam::aws:policy/X"
        user.attachedPolicies = ["arn:2", "arn:1"]
        user.inlinePolicies = ["p": "{}", "q": "[]"]
        var inactive = IAMAccessKey(id: "k2", secret: "s2", created: Timestamp(seconds: 3))
        inactive.isActive = false
        user.accessKeys = [IAMAccessKey(id: "k1", secret: "s1", created: Timestamp(seconds: 2)), inactive]
        user.groupIDs = ["AGPA2", "AGPA1"]
        return user
    }
}

@Suite(.everyEngine) struct IAMDirectoryTests {
    @Test func `Entities of all kinds are stored as they were given`() async throws {
        let fixture = try await StoreFixture()
        var group = IAMGroup(id: "AGPA1", name: "staff", created: Timestamp(seconds: 4))
        group.inlinePolicies = ["p": "{}"]
        var role = IAMRole(id: "AROA1", name: "night", path: "/", created: Timestamp(seconds: 5), trustPolicy: "{}")
        role.tags = [Tag(key: "a", value: "b")]
        role.trustedIDs = ["alice": "AIDA1", "AIDA2": "AIDA2"]
        role.sessionSeconds = 7200
        role.signinSeconds = 7_776_000
        var policy = IAMPolicy(id: "ANPA1", name: "p", path: "/", created: Timestamp(seconds: 6), document: "{}")
        policy.versions.append(IAMPolicy.Version(number: 3, created: Timestamp(seconds: 7), document: "[]"))
        (policy.defaultNumber, policy.lastNumber) = (3, 4)
        let entities = (group, role, policy)
        let after = try await fixture.store.changeIAM(of: IAMAccount.firstID) { directory in
            directory.users["alice"] = .alice
            directory.groups["staff"] = entities.0
            directory.roles["night"] = entities.1
            directory.policies["p"] = entities.2
            directory.rootKeys = IAMUser.alice.accessKeys.map {
                IAMAccessKey(id: "root-\($0.id)", secret: $0.secret, created: $0.created)
            }
        }.directory
        let stored = try #require(try await fixture.store.iam()[IAMAccount.firstID])
        #expect(stored == after)
        #expect(stored.users == ["alice": .alice] && stored.groups == ["staff": group])
        #expect(stored.roles == ["night": role] && stored.policies == ["p": policy])
        #expect(stored.revision == 1 && stored.rootKeys.map(\.id) == ["root-k1", "root-k2"])
    }

    @Test(arguments: [
        ("alice", "alice"), ("ALICE", "alice"), ("aLiCe", "alice"), ("alic", nil), ("alice ", nil),
        ("al\u{131}ce", nil),
        ("a[", nil), ("A{", "a{"),
    ])
    func `A name is found in whatever case its letters are written`(asked: String, found: String?) {
        var directory = IAMDirectory()
        for name in ["alice", "a{"] {
            directory.users[name] = IAMUser(id: name, name: name, created: Timestamp(seconds: 1))
        }
        #expect(directory.users.named(asked)?.name == found)
    }

    @Test func `The use of a role is kept as long as there is the role`() async throws {
        let fixture = try await StoreFixture()
        let role = IAMRole(id: "AROA1", name: "night", path: "/", created: Timestamp(seconds: 5), trustPolicy: "{}")
        let use = IAMKeyUse(time: Timestamp(seconds: 9), service: "s3", region: "eu-west-1")
        _ = try await fixture.store.changeIAM(of: IAMAccount.firstID) { $0.roles["night"] = role }
        try await fixture.store.setKeyUses(["AROA1": use, "AROA2": use])
        _ = try await fixture.store.changeIAM(of: IAMAccount.firstID) { $0.roles["night"]?.details = "changed" }
        #expect(try await fixture.store.keyUse(of: "AROA1") == use)
        #expect(try await fixture.store.keyUse(of: "AROA2") == nil)
        _ = try await fixture.store.changeIAM(of: IAMAccount.firstID) { $0.roles["night"] = nil }
        #expect(try await fixture.store.keyUse(of: "AROA1") == nil)
    }

    @Test func `A change that is refused leaves nothing`() async throws {
        let fixture = try await StoreFixture()
        await #expect(throws: StorageError.self) {
            _ = try await fixture.store.changeIAM(of: IAMAccount.firstID) { directory throws(S3Error) in
                directory.users["alice"] = .alice
                throw S3Error(.accessDenied)
            }
        }
        #expect(try await fixture.store.iam()[IAMAccount.firstID] == IAMDirectory())
    }

    @Test func `A key and a name may go from one entity to another in one change`() async throws {
        let fixture = try await StoreFixture()
        _ = try await fixture.store.changeIAM(of: IAMAccount.firstID) { $0.users["alice"] = .alice }
        let after = try await fixture.store.changeIAM(of: IAMAccount.firstID) { directory in
            guard var alice = directory.users.removeValue(forKey: "alice") else { return }
            var bob = IAMUser(id: "AIDA2", name: "alice", created: Timestamp(seconds: 9))
            bob.accessKeys = [alice.accessKeys.removeFirst()]
            alice.name = "carol"
            directory.users["carol"] = alice
            directory.users["alice"] = bob
        }.directory
        let stored = try #require(try await fixture.store.iam()[IAMAccount.firstID])
        #expect(stored == after)
        #expect(stored.users["alice"]?.accessKeys.map(\.id) == ["k1"])
        #expect(stored.users["carol"]?.accessKeys.map(\.id) == ["k2"])
    }

    @Test func `Nothing of an entity stays behind when it goes`() async throws {
        let fixture = try await StoreFixture()
        _ = try await fixture.store.changeIAM(of: IAMAccount.firstID) { $0.users["alice"] = .alice }
        try await fixture.store.setKeyUses(["k1": IAMKeyUse(time: Timestamp(seconds: 8), service: "s3", region: "r")])
        #expect(try await fixture.store.keyUse(of: "k1")?.service == "s3")
        _ = try await fixture.store.changeIAM(of: IAMAccount.firstID) { $0.users["alice"] = nil }
        try await fixture.store.setKeyUses(["k1": IAMKeyUse(time: Timestamp(seconds: 9), service: "s3", region: "r")])
        #expect(try await fixture.store.keyUse(of: "k1") == nil)
        // The same id again finds none of what there was.
        _ = try await fixture.store.changeIAM(of: IAMAccount.firstID) { directory in
            directory.users["alice"] = IAMUser(id: "AIDA1", name: "alice", created: Timestamp(seconds: 10))
        }
        let user = try await fixture.store.iam()[IAMAccount.firstID]?.users["alice"]
        #expect(user == IAMUser(id: "AIDA1", name: "alice", created: Timestamp(seconds: 10)))
    }

    @Test func `Whom a role trusted does not stay behind when it goes`() async throws {
        let fixture = try await StoreFixture()
        let role = IAMRole(id: "AROA1", name: "night", path: "/", created: Timestamp(seconds: 5), trustPolicy: "{}")
        _ = try await fixture.store.changeIAM(of: IAMAccount.firstID) { directory in
            directory.roles["night"] = role
            directory.roles["night"]?.trustedIDs = ["alice": "AIDA1"]
        }
        _ = try await fixture.store.changeIAM(of: IAMAccount.firstID) { $0.roles["night"] = nil }
        _ = try await fixture.store.changeIAM(of: IAMAccount.firstID) { $0.roles["night"] = role }
        #expect(try await fixture.store.iam()[IAMAccount.firstID]?.roles["night"]?.trustedIDs == [:])
    }
}
