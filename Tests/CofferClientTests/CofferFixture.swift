import CofferClient
import CofferHTTP
import CofferModel
import CofferServer
import Foundation
import Testing

/// Our own server for a test, in memory and on a free port.
struct CofferFixture: Sendable {
    static let keys = KeyPair(accessKeyID: "AKIACLIENT", secretAccessKey: "a secret of the client's tests")

    let server: RunningServer

    /// Runs a test with a server, which is stopped at its end.
    static func with(
        _ configure: (inout ServerConfiguration) -> Void = { _ in }, _ test: (CofferFixture) async throws -> Void
    ) async throws {
        raiseDescriptorLimit()
        try await withCoffer(configure: { configuration in
            configuration.rootKeys = keys
            configuration.log = Log(level: .none, format: .text)
            configure(&configuration)
        }) { try await test(CofferFixture(server: $0)) }
    }

    var endpoint: String { server.endpoint }
    var credentials: CredentialsSource {
        .keys(accessKeyID: Self.keys.accessKeyID, secretAccessKey: Self.keys.secretAccessKey)
    }

    func client(
        credentials: CredentialsSource? = nil, _ configure: (inout ClientOptions) -> Void = { _ in }
    ) throws -> S3Client {
        var options = ClientOptions()
        configure(&options)
        return try S3Client(
            endpoint: server.endpoint, region: "us-east-1", credentials: credentials ?? self.credentials,
            options: options)
    }

    func service(_ service: QueryClient.Service) throws -> QueryClient {
        try QueryClient(service, endpoint: server.endpoint, region: "us-east-1", credentials: credentials)
    }

    /// Makes a user with a key, and a role that the user may assume, which may do everything in S3.
    func makeRole(_ name: String, for user: String) async throws -> (arn: String, user: CredentialsSource) {
        let iam = try service(.iam)
        _ = try await iam.call("CreateUser", [("UserName", user)])
        let key = try await iam.call("CreateAccessKey", [("UserName", user)])["AccessKey"]
        let id = try #require(key?["AccessKeyId"]?.text)
        let secret = try #require(key?["SecretAccessKey"]?.text)
        let trust = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", \
            "Principal": {"AWS": "arn:aws:iam::000000000000:user/\(user)"}}]}
            """
        let role = try await iam.call("CreateRole", [("RoleName", name), ("AssumeRolePolicyDocument", trust)])
        _ = try await iam.call(
            "AttachRolePolicy", [("RoleName", name), ("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess")])
        return (try #require(role["Role"]?["Arn"]?.text), .keys(accessKeyID: id, secretAccessKey: secret))
    }
}
