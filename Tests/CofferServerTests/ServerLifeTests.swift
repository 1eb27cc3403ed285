import CofferServer
import CofferTestSupport
import Foundation
import Testing

struct ServerLifeTests {
    @Test func `Keys are made once, kept in the data directory, and read again`() async throws {
        let directory = try TemporaryDirectory()
        let configuration = Self.configuration { $0.dataDirectory = directory.path }
        let first = try await Self.run(configuration)
        #expect(first.madeKeys)
        #expect(first.keys.accessKeyID.count == 20 && first.keys.secretAccessKey.count == 40)
        let file = directory.path + "/root.env"
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        let second = try await Self.run(configuration)
        #expect(second.keys == first.keys && !second.madeKeys)
        try Data("nonsense".utf8).write(to: URL(filePath: file))
        let error = await #expect(throws: ServerError.self) { try await Self.run(configuration) }
        #expect(error?.description.contains("root.env") == true)
    }

    @Test func `A stopped server's port is closed and its temporary directory gone`() async throws {
        // An address that no other test has, since any of them may get the port.
        let server = try await CofferServer(Self.configuration { $0.address = "127.0.0.77" }).start()
        #expect(FileManager.default.fileExists(atPath: server.dataDirectory))
        #expect(server.endpoint == "http://127.0.0.77:\(server.port)")
        let again = Self.configuration { ($0.address, $0.port) = ("127.0.0.77", server.port) }
        await #expect(throws: ServerError.self) { try await CofferServer(again).start() }
        #expect(await server.stop(within: 300))
        #expect(!FileManager.default.fileExists(atPath: server.dataDirectory))
        await #expect(try CofferServer(again).start().stop(within: 300))
    }

    @Test func `A server can be stopped twice`() async throws {
        let server = try await CofferServer(Self.configuration()).start()
        #expect(await server.stop(within: 300))
        _ = await server.stop(within: 1)
    }

    @Test func `A port that is in use is refused with a sentence that names it`() async throws {
        try await ServerFixture.with { fixture in
            let configuration = Self.configuration { $0.port = fixture.server.port }
            let error = await #expect(throws: ServerError.self) { try await Self.run(configuration) }
            #expect(error?.description.contains(String(fixture.server.port)) == true, "\(error?.description ?? "-")")
        }
    }

    @Test(arguments: [("minioadmin", "minioadmin"), ("AKIA", "tiny123"), ("samesamesamesame", "samesamesamesame")])
    func `Well-known and short keys are refused if others can reach the server`(id: String, secret: String) async {
        let pair = KeyPair(accessKeyID: id, secretAccessKey: secret)
        let open = Self.configuration {
            $0.address = "0.0.0.0"
            $0.rootKeys = pair
        }
        let error = await #expect(throws: ServerError.self) { try await Self.run(open) }
        #expect(error?.description.contains("well known or short") == true)
        #expect(error?.description.contains(secret) == (id == secret))
        await #expect(throws: Never.self) { try await Self.run(Self.configuration { $0.rootKeys = pair }) }
    }

    @Test(arguments: ["not an address", "256.0.0.1", "192.0.2.1"])
    func `An address that is not this machine's is refused`(address: String) async {
        await #expect(throws: ServerError.self) { try await Self.run(Self.configuration { $0.address = address }) }
    }

    @Test func `The Datastore is ready after the start, and is not set up again`() async throws {
        let directory = try TemporaryDirectory()
        let configure: (inout ServerConfiguration) -> Void = {
            $0.dataDirectory = directory.path
            $0.datastore = DatastoreConfiguration(bucket: "datastore.test")
        }
        try await ServerFixture.with(configure) { fixture in
            let keys = try #require(fixture.server.datastoreKeys)
            #expect(keys.accessKeyID.count == 20)
            #expect(try await fixture.send("GET", "/datastore.test?policy").text.contains("AddPerm"))
            #expect(try await fixture.send("PUT", "/datastore.test/a", body: [65]).status == 200)
            #expect(try await fixture.send("GET", "/datastore.test/a", isSigned: false).text == "A")
            #expect(try await fixture.send("GET", "/datastore.test/missing", isSigned: false).status == 403)
            #expect(try await fixture.send("PUT", "/datastore.test/b", body: [65], isSigned: false).status == 403)
            #expect(try await fixture.send("DELETE", "/datastore.test?policy").status == 204)
        }
        try await ServerFixture.with(configure) { fixture in
            let policy = try await fixture.send("GET", "/datastore.test?policy")
            #expect(policy.errorCode == "NoSuchBucketPolicy")
            let object = try await fixture.send("GET", "/datastore.test/a", isSigned: false)
            #expect(object.status == 403)
        }
    }

    private static func configuration(_ change: (inout ServerConfiguration) -> Void = { _ in }) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.durability = .relaxed
        configuration.log = Log(level: .none, format: .text)
        change(&configuration)
        return configuration
    }

    /// Starts a server, looks at its keys and stops it.
    @discardableResult
    private static func run(_ configuration: ServerConfiguration) async throws -> (keys: KeyPair, madeKeys: Bool) {
        let server = try await CofferServer(configuration).start()
        #expect(await server.stop(within: 300))
        return (server.rootKeys, server.madeKeys)
    }
}
