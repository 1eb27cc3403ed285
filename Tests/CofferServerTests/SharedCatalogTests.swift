import CofferCrypto
import CofferModel
import CofferSystem
import CofferTestSupport
import Foundation
import Testing

@testable import CofferMemoryCatalog
@testable import CofferServer

/// Several servers on one catalog: each serves its next request by what another one has changed.
struct SharedCatalogTests {
    @Test func `A bucket that another server creates or deletes is there or gone at once`() async throws {
        try await Self.with { first, second in
            #expect(try await second.send("HEAD", "/books").status == 404)
            try await first.makeBucket("books", "one")
            #expect(try await second.send("GET", "/books/one").text == "one")
            #expect(try await second.send("DELETE", "/books/one").status == 204)
            #expect(try await first.send("DELETE", "/books").status == 204)
            #expect(try await second.send("PUT", "/books/one", body: [1]).errorCode == "NoSuchBucket")
            #expect(try await second.send("GET", "/books").errorCode == "NoSuchBucket")
        }
    }

    @Test func `A bucket policy holds at every server from the next request on`() async throws {
        let policy = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
             "Resource": "arn:aws:s3:::books/*"}]}
            """
        try await Self.with { first, second in
            try await first.makeBucket("books", "one")
            for server in [second, first, second] {
                let other = server.server.port == first.server.port ? second : first
                #expect(try await server.send("GET", "/books/one", isSigned: false).status == 403)
                try await Self.put("policy", of: "books", policy, at: other)
                #expect(try await server.send("GET", "/books/one", isSigned: false).status == 200)
                #expect(try await other.send("DELETE", "/books?policy").status == 204)
                #expect(try await server.send("GET", "/books/one", isSigned: false).status == 403)
            }
        }
    }

    @Test func `Versioning and cross-origin rules hold at every server from the next request on`() async throws {
        try await Self.with { first, second in
            try await first.makeBucket("books")
            #expect(try await second.send("PUT", "/books/one", body: [1])["x-amz-version-id"] == nil)
            try await Self.put(
                "versioning", of: "books",
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>", at: first)
            let version = try await second.send("PUT", "/books/one", body: [2])["x-amz-version-id"]
            #expect(version != nil && version != "null")
            let origin = [(name: "origin", value: "https://a.example")]
            #expect(try await second.send("GET", "/books/one", headers: origin)["access-control-allow-origin"] == nil)
            try await Self.put(
                "cors", of: "books",
                "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
                    + "</CORSRule></CORSConfiguration>", at: first)
            #expect(try await second.send("GET", "/books/one", headers: origin)["access-control-allow-origin"] == "*")
        }
    }

    @Test func `A block of an account's public access holds at every server from the next request on`() async throws {
        let policy = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
             "Resource": "arn:aws:s3:::books/*"}]}
            """
        let block =
            "<PublicAccessBlockConfiguration><RestrictPublicBuckets>true</RestrictPublicBuckets>"
            + "</PublicAccessBlockConfiguration>"
        try await Self.with { first, second in
            try await first.makeBucket("books", "one")
            try await Self.put("policy", of: "books", policy, at: first)
            #expect(try await second.send("GET", "/books/one", isSigned: false).status == 200)
            let account = [(name: "x-amz-account-id", value: try #require(first.server.accounts.first).id)]
            let put = try await first.send(
                "PUT", "/v20180820/configuration/publicAccessBlock",
                headers: account + [(name: "content-md5", value: base64(Digest.of(Array(block.utf8), .md5)))],
                body: Array(block.utf8))
            #expect(put.status == 200, "\(put.text)")
            #expect(try await second.send("GET", "/books/one", isSigned: false).status == 403)
        }
    }

    @Test func `Users, their keys and their policies are the same at every server from the next request on`()
        async throws
    {
        try await Self.with { first, second in
            try await first.makeBucket("books", "one")
            try await Self.iam("CreateUser&UserName=alice", at: first)
            let keys = try await Self.newKeys(of: "alice", at: second)
            #expect(try await first.send("GET", "/books/one", keys: keys).status == 403)
            try await Self.iam(
                "AttachUserPolicy&UserName=alice&PolicyArn=arn:aws:iam::aws:policy/AmazonS3FullAccess", at: second)
            #expect(try await first.send("GET", "/books/one", keys: keys).text == "one")
            try await Self.iam(
                "UpdateAccessKey&UserName=alice&Status=Inactive&AccessKeyId=\(keys.accessKeyID)", at: second)
            #expect(try await first.send("GET", "/books/one", keys: keys).errorCode == "InvalidAccessKeyId")
            try await Self.iam(
                "UpdateAccessKey&UserName=alice&Status=Active&AccessKeyId=\(keys.accessKeyID)", at: first)
            #expect(try await second.send("GET", "/books/one", keys: keys).text == "one")
            try await Self.iam("DeleteAccessKey&UserName=alice&AccessKeyId=\(keys.accessKeyID)", at: first)
            #expect(try await second.send("GET", "/books/one", keys: keys).errorCode == "InvalidAccessKeyId")
        }
    }

    @Test func `Changes at two servers at the same time are all kept`() async throws {
        try await Self.with { first, second in
            try await first.makeBucket("books")
            try await withThrowingTaskGroup { group in
                for number in 0..<20 {
                    let server = number.isMultiple(of: 2) ? first : second
                    group.addTask { _ = try await Self.iam("CreateUser&UserName=user\(number)", at: server) }
                    group.addTask {
                        let response = try await server.send("PUT", "/books/k\(number)", body: [1])
                        #expect(response.status == 200)
                    }
                }
                try await group.waitForAll()
            }
            for server in [first, second] {
                let users = try await Self.iam("ListUsers", at: server)
                #expect(users.matches(of: /<UserName>user\d+/).count == 20)
                #expect(try await server.send("GET", "/books").text.matches(of: /<Key>k\d+/).count == 20)
            }
        }
    }

    // MARK: Two servers

    private static func with(_ test: (_ first: ServerFixture, _ second: ServerFixture) async throws -> Void)
        async throws
    {
        let (one, two) = (try TemporaryDirectory(), try TemporaryDirectory())
        let catalog = MemoryCatalog(clock: .system)
        try await withServer(catalog, in: one) { first in
            try FileManager.default.copyItem(atPath: one.path("secrets.key"), toPath: two.path("secrets.key"))
            try await withServer(catalog, in: two) { second in try await test(first, second) }
        }
    }

    private static func withServer(
        _ catalog: MemoryCatalog, in directory: TemporaryDirectory, _ test: (ServerFixture) async throws -> Void
    ) async throws {
        let store = try await catalog.openStore(path: directory.path, clock: .system) { Issue.record($0) }
        let server = try await CofferServer(ServerFixture.configuration).start(on: store)
        do {
            try await test(ServerFixture(server: server, clock: .system))
        } catch {
            await server.stop(within: 1)
            throw error
        }
        await server.stop(within: 1)
    }

    // MARK: Requests

    private static func put(_ kind: String, of bucket: String, _ document: String, at server: ServerFixture)
        async throws
    {
        let digest = base64(Digest.of(Array(document.utf8), .md5))
        let response = try await server.send(
            "PUT", "/\(bucket)?\(kind)", headers: [("content-md5", digest)], body: Array(document.utf8))
        try #require([200, 204].contains(response.status), "\(response.text)")
    }

    @discardableResult
    private static func iam(_ action: String, at server: ServerFixture) async throws -> String {
        let response = try await server.send(
            "POST", "/", headers: [("content-type", "application/x-www-form-urlencoded")],
            body: Array("Action=\(action)&Version=2010-05-08".utf8), service: "iam")
        try #require(response.status == 200, "\(response.text)")
        return response.text
    }

    private static func newKeys(of user: String, at server: ServerFixture) async throws -> KeyPair {
        let text = try await iam("CreateAccessKey&UserName=\(user)", at: server)
        let id = try #require(text.firstMatch(of: /<AccessKeyId>([^<]+)/)).1
        let secret = try #require(text.firstMatch(of: /<SecretAccessKey>([^<]+)/)).1
        return KeyPair(accessKeyID: String(id), secretAccessKey: String(secret))
    }
}
