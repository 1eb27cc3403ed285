import CofferCrypto
import CofferHTTP
import CofferModel
import CofferSigning
import CofferSystem
import CofferTestSupport
import Foundation
import Testing

@testable import CofferServer

/// A request gets the same response with a connection and without one, whichever service it is for.
struct InMemoryTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let method: String
        let target: String
        let status: Int
        var headers: [(name: String, value: String)] = []
        var body = ""
        var isSigned = true
        var service = "s3"

        /// - Parameters:
        ///   - request: the method and the target.
        ///   - service: the service that the signature names; nil for a request that is not signed.
        init(
            _ request: String, _ status: Int, _ headers: KeyValuePairs<String, String> = [:], body: String = "",
            service: String? = "s3"
        ) {
            let words = request.split(separator: " ").map(String.init)
            (method, target, self.status, self.body) = (words[0], words[1], status, body)
            self.headers = headers.map { ($0.key, $0.value) }
            (isSigned, self.service) = (service != nil, service ?? "s3")
        }

        var testDescription: String { "\(isSigned ? service : "anonymous") \(method) \(target) \(status)" }
    }

    private static let origin: KeyValuePairs = [
        "origin": "https://a.example", "access-control-request-method": "PUT",
    ]

    private static let reads = [
        Case("GET /", 200), Case("GET /books", 200), Case("GET /books?list-type=2&max-keys=1", 200),
        Case("HEAD /books", 200), Case("GET /books/short", 200), Case("HEAD /books/short", 200),
        Case("GET /books/long", 200), Case("GET /books/long", 206, ["range": "bytes=70000-170000"]),
        Case("HEAD /books/long", 206, ["range": "bytes=7-9"]), Case("GET /books/long", 416, ["range": "bytes=900000-"]),
        Case("GET /books/short", 304, ["if-none-match": "*"]), Case("GET /books/short", 412, ["if-match": "\"other\""]),
        Case("GET /books/missing", 404), Case("HEAD /books/missing", 404), Case("GET /missing", 404),
        Case("GET /books/short", 403, service: nil), Case("HEAD /books/short", 403, service: nil),
        Case("GET /books/short", 200, ["origin": "https://a.example"]),
        Case("GET /books?cors", 200), Case("GET /books?policy", 404), Case("GET /books?website", 404),
        Case("GET //short", 400), Case("GET /books/%zz", 400), Case("PATCH /books", 405),
        Case("OPTIONS /books/short", 200, origin, service: nil),
        Case("OPTIONS /missing/short", 403, origin, service: nil), Case("OPTIONS /books/short", 400, service: nil),
    ]

    private static let writes = [
        Case("PUT /books", 200), Case("PUT /books/new", 200, ["content-type": "text/plain"], body: "new"),
        Case("PUT /books/empty", 200), Case("PUT /books/short", 412, ["if-none-match": "*"], body: "new"),
        Case("PUT /books/new", 400, ["content-md5": "AAAAAAAAAAAAAAAAAAAAAA=="], body: "new"),
        Case("PUT /books/new", 200, ["x-amz-checksum-crc32": "AAAAAA=="]),
        Case("PUT /books/new", 400, ["x-amz-checksum-crc32": "AAAAAA=="], body: "new"),
        Case("PUT /books/new", 400, ["x-amz-acl": "nothing"], body: "new"),
        Case("PUT /books/new", 403, body: "new", service: nil), Case("PUT /missing/new", 404, body: "new"),
        Case("PUT /books/copy", 200, ["x-amz-copy-source": "books/long"]),
        Case("PUT /books/copy", 404, ["x-amz-copy-source": "books/missing"]),
        Case("PUT /books?versioning", 400, body: "<other/>"), Case("PUT /books?website", 501, body: "<other/>"),
        Case("POST /books?delete", 400, body: "<Delete/>"), Case("DELETE /books/gone", 204),
        Case("DELETE /books", 409),
    ]

    private static let queries = [
        Case("POST /", 200, body: "Action=GetUser&Version=2010-05-08", service: "iam"),
        Case("POST /", 200, body: "Action=ListUsers&Version=2010-05-08", service: "iam"),
        Case("POST /", 404, body: "Action=GetUser&UserName=missing&Version=2010-05-08", service: "iam"),
        Case("POST /", 400, body: "Action=GetUser&UserName=%20&Version=2010-05-08", service: "iam"),
        Case("POST /", 400, body: "Action=Nothing&Version=2010-05-08", service: "iam"),
        Case("POST /", 200, body: "Action=GetCallerIdentity&Version=2011-06-15", service: "sts"),
        Case("POST /", 400, body: "Action=GetCallerIdentity&Version=2010-05-08", service: "sts"),
        Case(
            "OPTIONS /", 200, ["origin": "https://a.example", "access-control-request-method": "POST"], service: nil),
    ].map { row in
        var row = row
        row.headers.append(("content-type", "application/x-www-form-urlencoded"))
        return row
    }

    /// Without the details that only callers on this machine see: they change by the second.
    private static let pages = [
        Case("GET /-/health", 200, ["x-forwarded-for": "203.0.113.5"], service: nil),
        Case("HEAD /-/health", 200, ["x-forwarded-for": "203.0.113.5"], service: nil),
        Case("GET /minio/health/live", 200, ["x-forwarded-for": "203.0.113.5"], service: nil),
        Case("GET /-/metrics", 403, ["x-forwarded-for": "203.0.113.5"], service: nil),
        Case("POST /-/health", 405, body: "body", service: nil), Case("GET /-/missing", 405, service: nil),
    ]

    @Test(arguments: reads + writes + queries + pages)
    func `The response is the same with a connection and without one`(request: Case) async throws {
        try await Self.with { fixture in
            let bytes = fixture.request(
                request.method, request.target, headers: request.headers, body: Array(request.body.utf8),
                isSigned: request.isSigned, service: request.service)
            let response = try await Self.compare(bytes, fixture)
            #expect(response.status == request.status, "\(response.body)")
        }
    }

    /// The policy, if any, allows one byte; the form is authorized in the middle of its body.
    @Test(arguments: [("f", true, 204), ("file", true, 400), ("f", false, 403)])
    func `A form gets the same response with a connection and without one`(
        file: String, isSigned: Bool, status: Int
    ) async throws {
        try await Self.with { fixture in
            let keys = Credentials(
                accessKeyID: ServerFixture.keys.accessKeyID, secretAccessKey: ServerFixture.keys.secretAccessKey)
            let policy = PostPolicy(
                expiration: Timestamp(seconds: fixture.clock.time.seconds + 60),
                conditions: [
                    .equal(field: "bucket", value: "books"), .equal(field: "key", value: "posted"),
                    .length(PostPolicy.LengthRange(minimum: 0, maximum: 1)),
                ])
            let signature = V4Signer(credentials: keys, region: "us-east-1", service: "s3")
                .postFields(policy, at: fixture.clock.time)
            let fields = [(name: "key", value: "posted")] + (isSigned ? signature : [])
            let start = "--x\r\nContent-Disposition: form-data; name="
            let parts = fields.map { "\(start)\"\($0.name)\"\r\n\r\n\($0.value)\r\n" }
            let form = parts.joined() + "\(start)\"file\"; filename=\"f\"\r\n\r\n\(file)\r\n--x--\r\n"
            let bytes = fixture.request(
                "POST", "/books", headers: [("content-type", "multipart/form-data; boundary=x")],
                body: Array(form.utf8), isSigned: false)
            let response = try await Self.compare(bytes, fixture)
            #expect(response.status == status, "\(response.body)")
            #expect(try await fixture.send("GET", "/books/posted").status == (status == 204 ? 200 : 404))
        }
    }

    @Test func `A long body that is refused is not awaited`() async throws {
        try await Self.with { fixture in
            let head = "PUT /books/new HTTP/1.1\r\nhost: \(fixture.host)\r\ncontent-length: 900000000\r\n\r\n"
            let response = try await Self.compare(Array(head.utf8), fixture)
            #expect(response.status == 403)
        }
    }

    // MARK: Comparison

    /// A response without what differs each time: its ids, and what only a connection adds.
    private struct Answer: Equatable {
        let status: Int
        let fields: [String]
        let body: String

        init(_ status: Int, _ fields: [(name: String, value: String)], _ body: [UInt8]) {
            let differing: Set = [
                "x-amz-request-id", "x-amz-id-2", "x-amzn-requestid", "date", "connection", "content-length",
            ]
            self.status = status
            self.fields = fields.map { (name: $0.name.lowercased(), value: $0.value) }
                .filter { !differing.contains($0.name) }.map { "\($0.name): \($0.value)" }.sorted()
            self.body = String(decoding: body, as: UTF8.self)
                // How much of a body that is too long has arrived differs as well.
                .replacing(/<(RequestId|HostId|ProposedSize)>[^<]*</, with: "<")
        }
    }

    /// Runs a test with a server whose clock does not move, with a bucket that has two objects and a cross-origin rule.
    private static func with(_ test: (ServerFixture) async throws -> Void) async throws {
        let clock = SettableClock(milliseconds: 1_900_000_000_000).clock
        try await ServerFixture.with({ $0.clock = clock }) { fixture in
            try await fixture.makeBucket("books", "short")
            let long = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            try #require(try await fixture.send("PUT", "/books/long", body: long).status == 200)
            let rule =
                "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
                + "<AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>"
            let digest = [(name: "content-md5", value: base64(Digest.of(Array(rule.utf8), .md5)))]
            let put = try await fixture.send("PUT", "/books?cors", headers: digest, body: Array(rule.utf8))
            try #require(put.status == 200)
            try await test(fixture)
        }
    }

    /// Sends a request in memory, whole and in small pieces, and on a connection, and compares the responses.
    private static func compare(_ request: [UInt8], _ fixture: ServerFixture) async throws -> Answer {
        let answers = try await [
            inMemory(request, fixture, pieceByteCount: .max), inMemory(request, fixture, pieceByteCount: 5),
            onConnection(request, fixture),
        ]
        #expect(answers[0] == answers[2])
        #expect(answers[1] == answers[2])
        return answers[2]
    }

    private static func inMemory(
        _ request: [UInt8], _ fixture: ServerFixture, pieceByteCount: Int
    ) async throws -> Answer {
        let end = try #require(request.firstRange(of: Array("\r\n\r\n".utf8)))
        let lines = String(decoding: request[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            return (name: parts[0], value: HTTPHeaders.trimmed(parts.count > 1 ? parts[1] : ""))
        }
        let head = HTTPRequestHead(
            method: words[0], target: words[1], headers: HTTPHeaders(fields), remoteAddress: "127.0.0.1",
            isSecure: false, isOverLimit: false)
        let response = try #require(
            await fixture.server.handler.respond(
                to: head, body: Array(request[end.upperBound...]), pieceByteCount: pieceByteCount))
        let bytes: [UInt8] = if case .bytes(let bytes) = response.body { bytes } else { [] }
        return Answer(response.status, response.headers, bytes)
    }

    private static func onConnection(_ request: [UInt8], _ fixture: ServerFixture) async throws -> Answer {
        let connection = try RawConnection(port: fixture.server.port)
        await connection.send(request)
        let response = try await connection.receive(hasBody: !request.starts(with: "HEAD ".utf8))
        return Answer(response.status, response.fields, response.body)
    }
}
