import CofferClient
import CofferModel
import CofferServer
import Foundation
import Testing

/// The code of the article `FirstSteps` is compiled and run here, and is the same there.
struct FirstStepsTests {
    @Test func `The article's code is this file's code`() throws {
        let here = URL(fileURLWithPath: #filePath)
        let article = here.deletingLastPathComponent()
            .appending(path: "../../Sources/CofferClient/CofferClient.docc/FirstSteps.md")
        let code = Self.plain(try String(contentsOf: here, encoding: .utf8))
        let blocks = try String(contentsOf: article, encoding: .utf8).components(separatedBy: "```swift\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
        #expect(blocks.count > 8)
        for block in blocks { #expect(code.contains(Self.plain(block)), "\(block)") }
    }

    /// Without the indentation and the line breaks, which the formatter sets.
    private static func plain(_ code: String) -> String {
        code.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            .replacing("( ", with: "(").replacing(" )", with: ")")
    }

    // MARK: The article's code

    private static func connect() throws {
        let keys = CredentialsSource.keys(accessKeyID: "AKIAEXAMPLE", secretAccessKey: "the secret")
        let s3 = try S3Client(endpoint: "http://127.0.0.1:9000", credentials: keys)
        #expect(s3.endpoint == "http://127.0.0.1:9000")
    }

    private static func connectByEnvironment() throws {
        let s3 = try S3Client()  // AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE, ~/.aws/config …
        #expect(!s3.region.isEmpty)
    }

    @Test func `A client is made, with or without settings`() throws {
        try Self.connect()
        try Self.connectByEnvironment()
        let arn = "arn:aws:iam::123456789012:role/reader"
        let role = CredentialsSource.role(roleARN: arn, source: .profile("work"))
        let pod = CredentialsSource.webIdentity(tokenFile: "/var/run/secrets/token", roleARN: arn)
        for source in [role, pod] { _ = try S3Client(credentials: source) }
    }

    @Test func `The first steps can be gone`() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "coffer-archive-\(UUID().uuidString)").path
        let bytes = Data((0..<(20 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) })
        try bytes.write(to: URL(filePath: path))
        defer {
            // What cannot be removed stays for the system's own cleaning of temporary files.
            for file in [path, path + ".copy"] { try? FileManager.default.removeItem(atPath: file) }
        }
        try await withCoffer { server in
            let keys = CredentialsSource.keys(
                accessKeyID: server.rootKeys.accessKeyID, secretAccessKey: server.rootKeys.secretAccessKey)
            let s3 = try S3Client(endpoint: server.endpoint, region: "us-east-1", credentials: keys)
            let budgets = try BucketName("budgets")
            try await s3.createBucket(bucket: budgets)
            let plan = try ObjectKey("2026/plan.csv")
            let settings = ObjectSettings(contentType: "text/csv")
            try await s3.putObject(bucket: budgets, key: plan, body: "year,amount\n2026,7\n".utf8, settings: settings)
            let text = String(decoding: try await s3.getObject(bucket: budgets, key: plan).bytes(), as: UTF8.self)
            #expect(text == "year,amount\n2026,7\n")

            var byteCount = 0
            for try await piece in try await s3.getObject(bucket: budgets, key: plan) { byteCount += piece.count }
            #expect(byteCount == text.utf8.count)

            for try await object in s3.listObjects(bucket: budgets, prefix: "2026/") {
                print(object.key, object.byteCount, object.lastModified.iso8601)
            }

            let counter = try ObjectKey("counter")
            let first = try await s3.putObject(bucket: budgets, key: counter, body: "1".utf8, if: .absent)
            try await s3.putObject(bucket: budgets, key: counter, body: "2".utf8, if: .matches(first.eTag))
            do {
                try await s3.putObject(bucket: budgets, key: counter, body: "2".utf8, if: .matches(first.eTag))
            } catch let error as S3Error where error.code == .preconditionFailed {
                print("someone else was faster:", error.message, error.requestID ?? "")
            }

            var options = TransferOptions()
            options.resumes = true
            let archive = try ObjectKey("raw/archive.zip")
            try await s3.upload(file: path, bucket: budgets, key: archive, options: options) { progress in
                print(progress.fraction ?? 0, progress.bytesPerSecond)
            }
            try await s3.download(bucket: budgets, key: archive, to: path + ".copy")
            #expect(try Data(contentsOf: URL(filePath: path + ".copy")) == bytes)

            let link = try await s3.presignedGet(bucket: budgets, key: plan, seconds: 600)
            #expect(link.hasPrefix(server.endpoint + "/budgets/2026/plan.csv?"))

            let careful = try s3.expectingBucketOwner("000000000000").sending(["x-amz-request-payer": "requester"])
            let found = try await careful.objectExists(bucket: budgets, key: plan)
            #expect(found)

            var observed = ClientOptions()
            observed.hook = RequestLog()
            let logged = try S3Client(endpoint: s3.endpoint, region: s3.region, credentials: keys, options: observed)
            let size = try await logged.headObject(bucket: budgets, key: plan).byteCount
            #expect(size == text.utf8.count)
        }
    }

    struct RequestLog: RequestHook {
        func willSend(_ request: inout RequestAttempt) {
            request.headers["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        }

        func didFinish(_ request: RequestAttempt, _ outcome: AttemptOutcome) {
            print(request.method, request.url, "attempt", request.number)
            print(outcome.status ?? 0, outcome.duration, outcome.requestID ?? "")
        }
    }
}
