import CofferCrypto
import CofferIAM
import CofferModel
import CofferServer
import CofferTestSupport
import Foundation
import Testing

@testable import CofferS3

/// What a request found when its head was judged may be gone when its body has come: every operation × what vanishes.
///
/// The server says `100 Continue` when the head is authorised; then something vanishes, and then the body is sent. An
/// operation without a body gets one that it passes over.
struct VanishingTests {
    @Test(arguments: Vanishing.allCases)
    func `An operation whose object disappears never gets a 5xx`(_ vanishing: Vanishing) async throws {
        try await ServerFixture.with { server in
            for operation in VanishingOperation.all {
                let stage = try await Stage(server, for: operation)
                let (status, code) = try await stage.ask(operation) { try await stage.remove(vanishing) }
                let what = "\(operation.name) while its \(vanishing) vanished: \(status) \(code ?? "")"
                #expect((200..<500).contains(status), "\(what)")
                if vanishing == .bucket, operation.writes {
                    #expect([404, 409].contains(status), "\(what)")
                }
            }
            #expect(try await server.send("GET", "/-/health").status == 200)
        }
    }

    @Test func `The table has every operation`() {
        let routed = Set(Router.routes.filter { $0.operation != MissingOperation.self }.map(\.name))
        let table = Set(VanishingOperation.all.map(\.name))
        #expect(routed.subtracting(table) == [], "add these operations to VanishingOperations.swift")
        #expect(table.subtracting(routed) == [], "the router has no such operations")
    }

    enum Vanishing: CaseIterable, Sendable {
        case bucket, bucketMadeAnew, key, version, abortedUpload, completedUpload, configuration, versioning
        case accessKey, user, right
    }
}

/// A bucket with an object, versions, an upload and configurations, and a user who may do everything with it.
private struct Stage {
    let server: ServerFixture
    let bucket: String
    let keyVersion: String?
    let uploadID: String
    let partETag: String
    let user: String
    let keys: KeyPair

    init(_ server: ServerFixture, for operation: VanishingOperation) async throws {
        self.server = server
        let name = "v-\(UUID().uuidString.lowercased())"
        (bucket, user) = (name, name)
        let lock = [(name: "x-amz-bucket-object-lock-enabled", value: "true")]
        try #require(
            try await server.send("PUT", "/\(name)", headers: operation.needsLock ? lock : []).status == 200)
        keyVersion = try await server.send("PUT", "/\(name)/k", body: Array("value".utf8))["x-amz-version-id"]
        let upload = try await server.send("POST", "/\(name)/k?uploads")
        uploadID = try #require(
            try XMLElement.parse(upload.body, root: "InitiateMultipartUploadResult")["UploadId"]?.text)
        let part = try await server.send("PUT", "/\(name)/k?partNumber=1&uploadId=\(uploadID)", body: [1, 2, 3])
        partETag = try #require(part["etag"])
        try await Self.configure(name, server)
        keys = try await Self.makeUser(name, server)
    }

    /// Sends the head, lets something vanish when the server has judged it, and sends the body.
    func ask(
        _ operation: VanishingOperation, meanwhile: () async throws -> Void
    ) async throws -> (status: Int, code: String?) {
        let connection = try RawConnection(port: server.server.port)
        let target = fill(operation.target)
        let body = Array(fill(operation.body).utf8)
        let headers =
            operation.headers.map { ($0.name, fill($0.value)) } + [("expect", "100-continue"), Self.digest(of: body)]
        let request = server.request(
            operation.method, target, headers: headers, body: body, isSigned: operation.name != "PostObject", keys: keys
        )
        await connection.send(Array(request.dropLast(body.count)))
        try #require(try await connection.isContinued(), "the head of \(operation.name) is taken")
        try await meanwhile()
        await connection.send(body)
        let answer = try await connection.receive(hasBody: operation.method != "HEAD")
        return (answer.status, answer.errorCode)
    }

    func remove(_ vanishing: VanishingTests.Vanishing) async throws {
        switch vanishing {
        case .bucket: try await removeBucket()
        case .bucketMadeAnew:
            try await removeBucket()
            try await expect("PUT", "/\(bucket)")
        case .key: try await expect("DELETE", "/\(bucket)/k")
        case .version: try await expect("DELETE", "/\(bucket)/k?versionId=\(keyVersion ?? "null")")
        case .abortedUpload: try await expect("DELETE", "/\(bucket)/k?uploadId=\(uploadID)")
        case .completedUpload:
            try await expect("POST", "/\(bucket)/k?uploadId=\(uploadID)", body: fill(VanishingOperation.parts))
        case .configuration:
            for kind in ["policy", "cors", "tagging", "encryption", "publicAccessBlock"] {
                try await expect("DELETE", "/\(bucket)?\(kind)")
            }
        case .versioning: try await changeVersioning()
        case .accessKey: try await iam("DeleteAccessKey", "UserName=\(user)&AccessKeyId=\(keys.accessKeyID)")
        case .user:
            try await remove(.right)
            try await remove(.accessKey)
            try await iam("DeleteUser", "UserName=\(user)")
        case .right: try await iam("DetachUserPolicy", "UserName=\(user)&PolicyArn=\(Self.allowing)")
        }
    }

    // MARK: Steps

    private static let allowing = "arn:aws:iam::aws:policy/AmazonS3FullAccess"

    private func removeBucket() async throws {
        try await expect("DELETE", "/\(bucket)/k?versionId=\(keyVersion ?? "null")")
        try await expect("DELETE", "/\(bucket)")
    }

    /// Object Lock does not let versioning be suspended: then its own configuration is what changes.
    private func changeVersioning() async throws {
        let status = keyVersion == nil ? "Enabled" : "Suspended"
        let document = "<VersioningConfiguration><Status>\(status)</Status></VersioningConfiguration>"
        let answer = try await server.send("PUT", "/\(bucket)?versioning", body: Array(document.utf8))
        try #require(answer.status == (keyVersion == nil ? 200 : 409))
    }

    private func fill(_ text: String) -> String {
        text.replacing("{bucket}", with: bucket).replacing("{upload}", with: uploadID)
            .replacing("{etag}", with: partETag).replacing("{version}", with: keyVersion ?? "null")
            .replacing("{owner}", with: server.server.accounts[0].canonicalID)
    }

    private func expect(_ method: String, _ target: String, body: String = "") async throws {
        let answer = try await server.send(method, target, body: Array(body.utf8))
        try #require(answer.status < 300, "\(method) \(target): \(answer.text)")
    }

    private func iam(_ action: String, _ parameters: String) async throws {
        _ = try await Self.iam(action, parameters, server)
    }

    private static func iam(_ action: String, _ parameters: String, _ server: ServerFixture) async throws -> XMLElement
    {
        let body = Array("Action=\(action)&Version=2010-05-08&\(parameters)".utf8)
        let connection = try RawConnection(port: server.server.port)
        await connection.send(server.request("POST", "/", body: body, service: "iam"))
        let answer = try await connection.receive()
        try #require(answer.status == 200, "\(action): \(answer.text)")
        return try XMLElement.parse(answer.body, root: "\(action)Response")
    }

    private static func makeUser(_ name: String, _ server: ServerFixture) async throws -> KeyPair {
        _ = try await iam("CreateUser", "UserName=\(name)", server)
        _ = try await iam("AttachUserPolicy", "UserName=\(name)&PolicyArn=\(allowing)", server)
        let key = try await iam("CreateAccessKey", "UserName=\(name)", server)["CreateAccessKeyResult"]?["AccessKey"]
        return KeyPair(
            accessKeyID: try #require(key?["AccessKeyId"]?.text),
            secretAccessKey: try #require(key?["SecretAccessKey"]?.text))
    }

    private static func digest(of body: [UInt8]) -> (name: String, value: String) {
        ("content-md5", base64(Digest.of(body, .md5)))
    }

    private static func configure(_ bucket: String, _ server: ServerFixture) async throws {
        for (kind, document) in VanishingOperation.documents(bucket) {
            let body = Array(document.utf8)
            let answer = try await server.send("PUT", "/\(bucket)?\(kind)", headers: [digest(of: body)], body: body)
            try #require([200, 204].contains(answer.status), "\(kind): \(answer.text)")
        }
    }
}
