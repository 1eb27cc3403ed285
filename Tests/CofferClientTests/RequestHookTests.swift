import CofferModel
import CofferSystem
import Synchronization
import Testing

@testable import CofferClient

struct RequestHookTests {
    /// Keeps what it sees, and adds header fields.
    private final class Log: RequestHook {
        let fields: HeaderFields
        private let seen = Mutex<[(RequestAttempt, AttemptOutcome)]>([])

        init(_ fields: HeaderFields = [:]) { self.fields = fields }

        var attempts: [RequestAttempt] { seen.withLock { $0.map(\.0) } }
        var outcomes: [AttemptOutcome] { seen.withLock { $0.map(\.1) } }

        func willSend(_ request: inout RequestAttempt) {
            for field in fields { request.headers[field.name] = field.value }
        }

        func didFinish(_ request: RequestAttempt, _ outcome: AttemptOutcome) {
            seen.withLock { $0.append((request, outcome)) }
        }
    }

    private static let busy = ScriptedService.answer(
        "503 Slow Down", "x-amz-request-id: FIRST", body: "<Error><Code>SlowDown</Code></Error>")
    private static let written = ScriptedService.answer("200 OK", "x-amz-request-id: SECOND", "etag: \"a\"")

    @Test func `Each attempt is seen with its number, status, time and request id`() async throws {
        let service = try ScriptedService(Self.busy, Self.written)
        let (log, clock) = (Log(), SettableClock(milliseconds: 1_767_225_600_000))
        let s3 = try service.client {
            $0.hook = log
            $0.clock = clock.clock
        }
        try await s3.putObject(bucket: "bucket", key: "a b", body: [1, 2, 3])
        try await s3.deleteObject(bucket: "bucket", key: "k")
        #expect(log.attempts.map(\.number) == [1, 2, 1])
        #expect(log.attempts[0].requestNumber == log.attempts[1].requestNumber)
        #expect(log.attempts[0].requestNumber != log.attempts[2].requestNumber)
        #expect(log.attempts.map(\.method) == ["PUT", "PUT", "DELETE"])
        #expect(log.attempts[0].url == service.url + "/bucket/a%20b" && log.attempts[0].bodyByteCount == 3)
        #expect(log.attempts[0].service == "s3" && log.attempts[0].region == "us-east-1")
        #expect(log.outcomes.map(\.status) == [503, 200, 200])
        #expect(log.outcomes.map(\.errorCode) == ["SlowDown", nil, nil])
        #expect(log.outcomes.map(\.requestID) == ["FIRST", "SECOND", "SECOND"])
        #expect(log.outcomes.allSatisfy { $0.duration == .zero && $0.failure == nil })
    }

    @Test func `Fields that a hook adds are sent and signed`() async throws {
        let service = try ScriptedService(Self.written)
        let s3 = try service.client { $0.hook = Log(["Traceparent": "00-1-2-01", "x-amz-meta-a": "1"]) }
        try await s3.putObject(bucket: "bucket", key: "k", body: [1])
        let head = try #require(service.requests.first).lowercased()
        #expect(head.contains("\r\ntraceparent: 00-1-2-01\r\n") && head.contains("\r\nx-amz-meta-a: 1\r\n"))
        #expect(try head.contains(Regex("signedheaders=[^,]*x-amz-meta-a")))
    }

    @Test func `An attempt without a response is seen with its failure`() async throws {
        let log = Log()
        var options = ClientOptions()
        options.hook = log
        options.retries = .none
        options.transport = FaultyTransport { _, _ in .noConnection }
        let s3 = try S3Client(endpoint: "http://127.0.0.1:1", credentials: .anonymous, options: options)
        await #expect(throws: TransportError.self) { try await s3.deleteBucket(bucket: "bucket") }
        #expect(log.outcomes.count == 1 && log.outcomes[0].status == nil && log.outcomes[0].requestID == nil)
        #expect((log.outcomes[0].failure as? TransportError)?.kind == .cannotConnect)
    }

    @Test func `A hook sees no secret, and secrets are still sent`() async throws {
        let service = try ScriptedService(Self.written)
        let log = Log()
        var options = ClientOptions()
        options.hook = log
        let keys = CredentialsSource.keys(accessKeyID: "AKIA", secretAccessKey: "s", sessionToken: "secret-token")
        let s3 = try S3Client(endpoint: service.url, region: "us-east-1", credentials: keys, options: options)
            .encrypting(with: try CustomerKey([UInt8](repeating: 7, count: 32))).sending(["x-amz-mfa": "device 123456"])
        try await s3.putObject(bucket: "bucket", key: "k", body: [1])
        let head = try #require(service.requests.first)
        let names = try #require(log.attempts.first).headers.map(\.name)
        #expect(names.contains("x-amz-server-side-encryption-customer-algorithm"))
        for name in [
            "authorization", "x-amz-security-token", "x-amz-mfa", "x-amz-server-side-encryption-customer-key",
            "x-amz-server-side-encryption-customer-key-md5",
        ] {
            #expect(!names.contains(name) && head.lowercased().contains("\r\n\(name): "), "\(name)")
        }
    }

    @Test(arguments: ["Authorization", "host", "x-amz-security-token", "x-amz-mfa"])
    func `A hook cannot set what the client sets`(_ name: String) async throws {
        let service = try ScriptedService(Self.written)
        let s3 = try service.client { $0.hook = Log([name: "a"]) }
        let error = await #expect(throws: ConfigurationError.self) { try await s3.deleteBucket(bucket: "bucket") }
        #expect(error?.description.contains(name) == true && service.requests.isEmpty)
    }

    private struct Refusal: RequestHook {
        func willSend(_ request: inout RequestAttempt) throws { throw CancellationError() }
    }

    @Test func `What a hook throws prevents the request`() async throws {
        let service = try ScriptedService(Self.written)
        let s3 = try service.client { $0.hook = Refusal() }
        await #expect(throws: CancellationError.self) { try await s3.deleteBucket(bucket: "bucket") }
        #expect(service.requests.isEmpty)
    }

    @Test func `Requests to IAM and STS are seen too`() async throws {
        let service = try ScriptedService(ScriptedService.answer(body: "<GetUserResponse/>"))
        let log = Log()
        var options = ClientOptions()
        options.hook = log
        let iam = try QueryClient(
            .iam, endpoint: service.url, region: "us-east-1",
            credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "s"), options: options)
        _ = try await iam.call("GetUser")
        #expect(log.attempts.map(\.service) == ["iam"])
    }
}
