import CofferClient
import CofferModel
import CofferServer
import CofferTestSupport
import Foundation
import Testing

/// Presigned requests of ours are used by curl, and botocore's are used against our server.
struct PresigningTests {
    /// Runs curl, and returns the body it got and, at the end, the status.
    private static func curl(_ arguments: [String]) async throws -> String {
        try await Commands.run("curl", ["-sS", "-w", " %{http_code}"] + arguments)
    }

    @Test(arguments: S3Service.allCases)
    func `Curl writes and reads by our URLs`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let key: ObjectKey = "a/b c/ü+%.csv"
            let put = try await s3.presignedPut(
                bucket: bucket, key: key, settings: ObjectSettings(contentType: "text/csv"))
            let written = try await Self.curl([
                "-X", "PUT", "-H", "content-type: text/csv", "--data-binary", "1,2", put,
            ])
            #expect(written == " 200")
            let get = try await s3.presignedGet(
                bucket: bucket, key: key, responseHeaders: ["content-type": "text/plain"])
            #expect(try await Self.curl([get]) == "1,2 200")
            #expect(try await Self.curl(["-o", "/dev/null", "-w", "%{content_type}", get]).hasPrefix("text/plain"))
        }
    }

    @Test func `A URL holds for what it was signed for, and for its time`() async throws {
        try await S3Service.coffer.with { s3, bucket in
            try await s3.putObject(bucket: bucket, key: "k", body: [1])
            let get = try await s3.presignedGet(bucket: bucket, key: "k", seconds: 60)
            #expect(try await Self.curl(["-o", "/dev/null", "-X", "PUT", get]) == " 403")
            #expect(try await Self.curl(["-o", "/dev/null", get.replacing("/k?", with: "/other?")]) == " 403")
            for seconds in [0, -1, 604_801] {
                await #expect(throws: ConfigurationError.self) {
                    try await s3.presignedGet(bucket: bucket, key: "k", seconds: seconds)
                }
            }
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Curl sends our form`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            var conditions = PostConditions(
                byteCount: 1...10, fields: [FormField(name: "content-type", value: "text/x")])
            conditions.prefixes = [FormField(name: "x-amz-meta-title", value: "Budget ")]
            let post = try await s3.presignedPost(bucket: bucket, key: .beginning("up/"), conditions: conditions)
            func send(_ key: String, _ content: String, title: String = "Budget 2026") async throws -> String {
                let fields = [("key", key), ("x-amz-meta-title", title)] + post.fields.map { ($0.name, $0.value) }
                let arguments = fields.flatMap { ["--form-string", "\($0.0)=\($0.1)"] }
                return try await Self.curl(arguments + ["-F", "file=\(content)", "-o", "/dev/null", post.url])
            }
            #expect(try await send("up/a", "1,2") == " 204")
            #expect(try await s3.getObject(bucket: bucket, key: "up/a").bytes() == Array("1,2".utf8))
            if service == .coffer {
                // Moto looks at no policy but for the size.
                #expect(try await send("down/a", "1,2") == " 403")
                #expect(try await send("up/a", "more than ten bytes") == " 400")
                #expect(try await send("up/a", "1,2", title: "Report") == " 403")
                #expect(try await s3.headObject(bucket: bucket, key: "up/a").metadata == ["title": "Budget 2026"])
            }
        }
    }

    @Test func `A form whose file would have less than no bytes is refused`() async throws {
        let s3 = try S3Client(
            endpoint: "http://127.0.0.1:1", credentials: .keys(accessKeyID: "AKIA", secretAccessKey: "s"))
        await #expect(throws: ConfigurationError.self) {
            try await s3.presignedPost(
                bucket: "bucket", key: .exactly("k"), conditions: PostConditions(byteCount: -1...10))
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Curl looks at and deletes an object by our URLs`(_ service: S3Service) async throws {
        try await service.with { s3, bucket in
            let key: ObjectKey = "a b/ü+%"
            try await s3.putObject(bucket: bucket, key: key, body: [1, 2])
            let head = try await Self.curl(["-I", try await s3.presignedHead(bucket: bucket, key: key)])
            #expect(head.lowercased().contains("content-length: 2\r\n") && head.hasSuffix(" 200"))
            #expect(
                try await Self.curl(["-X", "DELETE", try await s3.presignedDelete(bucket: bucket, key: key)]) == " 204")
            #expect(try await s3.listObjects(bucket: bucket).collect().isEmpty)
        }
    }

    @Test(arguments: S3Service.allCases)
    func `Curl uploads a part by our URL, and we complete the upload`(_ service: S3Service) async throws {
        try await service.with(checksum: nil) { s3, bucket in
            let upload = try await s3.createMultipartUpload(bucket: bucket, key: "k")
            let url = try await s3.presignedUploadPart(upload: upload, number: 1)
            // Moto takes what curl says of bodies otherwise for a form, and fails.
            let head = try await Self.curl([
                "-D", "-", "-X", "PUT", "-H", "content-type: text/csv", "--data-binary", "1,2", url,
            ])
            let line = try #require(head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("etag: ") })
            let part = try UploadedPart(number: 1, eTag: ETag(header: String(line.dropFirst(6))))
            try await s3.completeMultipartUpload(upload: upload, parts: [part])
            #expect(try await s3.getObject(bucket: bucket, key: "k").bytes() == Array("1,2".utf8))
            await #expect(throws: ConfigurationError.self) {
                try await s3.presignedUploadPart(upload: upload, number: 0)
            }
        }
    }

    @Test func `A role's URL carries its token`() async throws {
        try await CofferFixture.with { fixture in
            let role = try await fixture.makeRole("reader", for: "robot")
            let s3 = try fixture.client(
                credentials: .role(roleARN: role.arn, source: role.user, endpoint: fixture.endpoint))
            try await s3.createBucket(bucket: "bucket")
            try await s3.putObject(bucket: "bucket", key: "k", body: Array("1,2".utf8))
            let get = try await s3.presignedGet(bucket: "bucket", key: "k")
            #expect(get.contains("X-Amz-Security-Token="))
            #expect(try await Self.curl([get]) == "1,2 200")
        }
    }

    @Test func `Botocore's URLs hold at our server`() async throws {
        try await CofferFixture.with { fixture in
            let s3 = try fixture.client()
            try await s3.createBucket(bucket: "bucket")
            let program = """
                import json, sys, boto3
                from botocore.config import Config
                s3 = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id=sys.argv[2],
                    aws_secret_access_key=sys.argv[3], config=Config(signature_version="s3v4"))
                at = {"Bucket": "bucket", "Key": "a/b c/ü+%.csv"}
                print(json.dumps([s3.generate_presigned_url("put_object", at), s3.generate_presigned_url("get_object", at)]))
                """
            let output = try await Commands.run(
                "python",
                ["-c", program, fixture.endpoint, CofferFixture.keys.accessKeyID, CofferFixture.keys.secretAccessKey])
            let urls = try JSONDecoder().decode([String].self, from: Data(output.utf8))
            #expect(try await Self.curl(["-X", "PUT", "--data-binary", "1,2", urls[0]]) == " 200")
            #expect(try await Self.curl([urls[1]]) == "1,2 200")
            #expect(try await s3.getObject(bucket: "bucket", key: "a/b c/ü+%.csv").bytes() == Array("1,2".utf8))
        }
    }
}
