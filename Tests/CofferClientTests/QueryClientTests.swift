import CofferClient
import CofferModel
import CofferTestSupport
import Testing

struct QueryClientTests {
    @Test func `An action is answered with its result`() async throws {
        try await CofferFixture.with { fixture in
            let iam = try fixture.service(.iam)
            let made = try await iam.call(
                "CreateUser",
                [("UserName", "robot"), ("Tags.member.1.Key", "of"), ("Tags.member.1.Value", "ü =+:/@")])
            #expect(made["User"]?["UserName"]?.text == "robot")
            let tags = try await iam.call("ListUserTags", [("UserName", "robot")])
            #expect(tags["Tags"]?.all("member").map { $0["Value"]?.text } == ["ü =+:/@"])
            let identity = try await fixture.service(.sts).call("GetCallerIdentity")
            #expect(identity["Account"]?.text == "000000000000")
        }
    }

    @Test func `An error of IAM has its code, message and request id`() async throws {
        try await CofferFixture.with { fixture in
            let iam = try fixture.service(.iam)
            let error = await #expect(throws: S3Error.self) {
                try await iam.call("GetUser", [("UserName", "nobody")])
            }
            #expect(error?.code.name == "NoSuchEntity")
            #expect(error?.code.status == 404)
            #expect(error?.message.contains("nobody") == true)
            #expect(error?.requestID?.isEmpty == false)
        }
    }

    @Test func `A role's credentials sign requests, and are got once while they hold`() async throws {
        try await CofferFixture.with { fixture in
            let role = try await fixture.makeRole("reader", for: "robot")
            let source = CredentialsSource.role(roleARN: role.arn, source: role.user, endpoint: fixture.endpoint)
            let first = try #require(try await source.load())
            let again = try #require(try await source.load())
            #expect(first.sessionToken != nil && first.sessionToken == again.sessionToken)
            let sts = try QueryClient(.sts, endpoint: fixture.endpoint, region: "us-east-1", credentials: source)
            let identity = try await sts.call("GetCallerIdentity")
            #expect(identity["Arn"]?.text.contains("assumed-role/reader/coffer") == true)
        }
    }
}
