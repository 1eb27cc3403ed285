import CofferModel
import CofferTestSupport
import Testing

@testable import CofferServer

/// The header fields of every response, and the shape of errors.
struct AnswerTests {
    @Test func `Every answer has its ids, date and server`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books", "k")
            let requests = [
                ("GET", "/", true), ("GET", "/books", true), ("HEAD", "/books", true), ("GET", "/books/k", true),
                ("HEAD", "/books/k", true),
                ("DELETE", "/books/missing", true), ("GET", "/books/missing", true), ("HEAD", "/books/missing", true),
                ("GET", "/books/k", false),
                ("PATCH", "/books", true), ("GET", "/books?acl", true), ("GET", "/books/%zz", true),
                ("OPTIONS", "/books/k", false),
                ("GET", "/-/health", false), ("GET", "/-/metrics", false), ("GET", "/-/nothing", false),
                ("POST", "/-/health", false),
            ]
            var ids: Set<String> = []
            for (method, target, isSigned) in requests {
                let response = try await fixture.send(method, target, isSigned: isSigned)
                let id = try #require(response["x-amz-request-id"], "\(method) \(target)")
                #expect(id.count == 16 && id.allSatisfy { $0.isHexDigit && !$0.isLowercase })
                #expect(response["x-amz-id-2"]?.isEmpty == false)
                #expect(response["server"] == "Coffer")
                #expect(Timestamp(parsing: response["date"] ?? "") != nil)
                #expect(!response.reason.isEmpty)
                for name in ["x-amz-request-id", "x-amz-id-2", "server", "date", "content-length", "content-type"] {
                    #expect(response.fields.filter { $0.name == name }.count <= 1, "\(name) of \(method) \(target)")
                }
                ids.insert(id)
            }
            #expect(ids.count == requests.count)
        }
    }

    /// Method, target, status, code, and the names and values of the error's own elements.
    struct ErrorCase: Sendable, CustomTestStringConvertible {
        let method: String
        let target: String
        let status: Int
        let code: String
        let details: [String: String]
        let isSigned: Bool

        init(
            _ request: String, _ status: Int, _ code: String, _ details: [String: String] = [:], isSigned: Bool = true
        ) {
            let words = request.split(separator: " ")
            (method, target) = (String(words[0]), String(words[1]))
            (self.status, self.code, self.details, self.isSigned) = (status, code, details, isSigned)
        }

        var testDescription: String { "\(method) \(target.prefix(40)) \(isSigned ? "signed" : "anonymous")" }
    }

    private static let longKey = String(repeating: "k", count: 1025)

    @Test(arguments: [
        ErrorCase("GET /books/missing", 404, "NoSuchKey", ["Key": "missing"]),
        ErrorCase("GET /films", 404, "NoSuchBucket", ["BucketName": "films"]),
        ErrorCase("GET /films/k", 404, "NoSuchBucket", ["BucketName": "films"]),
        ErrorCase("PUT /films/k", 404, "NoSuchBucket", ["BucketName": "films"]),
        ErrorCase("DELETE /films", 404, "NoSuchBucket", ["BucketName": "films"]),
        ErrorCase("GET /Books", 400, "InvalidBucketName", ["BucketName": "Books"]),
        ErrorCase("PUT /a_b", 400, "InvalidBucketName", ["BucketName": "a_b"]),
        ErrorCase("GET /a_b/k", 400, "InvalidBucketName", ["BucketName": "a_b"]),
        ErrorCase("DELETE /books", 409, "BucketNotEmpty", ["BucketName": "books"]),
        ErrorCase("GET /books?policy", 404, "NoSuchBucketPolicy"),
        ErrorCase("GET /books?cors", 404, "NoSuchCORSConfiguration"),
        ErrorCase("PATCH /books/k", 405, "MethodNotAllowed", ["Method": "PATCH", "ResourceType": "OBJECT"]),
        ErrorCase("POST /", 405, "MethodNotAllowed", ["Method": "POST", "ResourceType": "SERVICE"]),
        ErrorCase("GET /books/%zz", 400, "InvalidURI"),
        ErrorCase("GET //k", 400, "InvalidURI"), ErrorCase("GET /books/a%00b", 400, "InvalidURI"),
        ErrorCase("GET /books/%FF", 400, "InvalidURI"),
        ErrorCase("GET /books/\(longKey)", 400, "KeyTooLongError", ["Size": "1025", "MaxSizeAllowed": "1024"]),
        ErrorCase(
            "GET /books?list-type=2&max-keys=x", 400, "InvalidArgument",
            ["ArgumentName": "max-keys", "ArgumentValue": "x"]),
        ErrorCase("GET /books/k", 403, "AccessDenied", isSigned: false),
        ErrorCase("GET /books/missing", 403, "AccessDenied", isSigned: false),
        ErrorCase("GET /books", 403, "AccessDenied", isSigned: false),
        ErrorCase("GET /", 403, "AccessDenied", isSigned: false),
        ErrorCase("PUT /books/k", 403, "AccessDenied", isSigned: false),
        ErrorCase("DELETE /books/k", 403, "AccessDenied", isSigned: false),
        ErrorCase("PUT /films", 403, "AccessDenied", isSigned: false),
        ErrorCase("GET /films/k", 404, "NoSuchBucket", ["BucketName": "films"], isSigned: false),
    ])
    func `An error is an XML document of S3 with its code, message and elements`(example: ErrorCase) async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books", "k")
            let response = try await fixture.send(example.method, example.target, isSigned: example.isSigned)
            #expect(response.status == example.status)
            #expect(response["content-type"] == "application/xml")
            #expect(
                response.text.hasPrefix(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(example.code)</Code><Message>"))
            let error = try #require(response.error)
            #expect(error["Message"]?.text.isEmpty == false)
            #expect(error["RequestId"]?.text == response["x-amz-request-id"])
            #expect(error["HostId"]?.text == response["x-amz-id-2"])
            for (name, value) in example.details { #expect(error[name]?.text == value) }
            #expect(Set(error.children.map(\.name)).count == error.children.count)
            #expect(try await fixture.send("GET", "/books/k").text == "k")
        }
    }

    @Test(arguments: [
        ("/books/missing", 404, true), ("/films", 404, true), ("/books/k", 403, false), ("/books", 403, false),
    ])
    func `The response to HEAD reports an error only by its status`(target: String, status: Int, isSigned: Bool)
        async throws
    {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books", "k")
            let connection = try RawConnection(port: fixture.server.port)
            await connection.send(fixture.request("HEAD", target, isSigned: isSigned))
            #expect(try await connection.receive(hasBody: false).status == status)
            // A body would come before the next response.
            await connection.send(fixture.request("GET", "/-/health", isSigned: false))
            #expect(try await connection.receive().text.hasPrefix("ok\n"))
        }
    }

    @Test func `No answer and no metric holds the secret`() async throws {
        try await ServerFixture.with { fixture in
            let spoilt = fixture.request("GET", "/books")
            let connection = try RawConnection(port: fixture.server.port)
            await connection.send(
                Array(String(decoding: spoilt, as: UTF8.self).replacing("/books HTTP", with: "/films HTTP").utf8))
            let response = try await connection.receive()
            #expect(response.errorCode == "SignatureDoesNotMatch")
            #expect(response.error?["StringToSign"]?.text.hasPrefix("AWS4-HMAC-SHA256\n") == true)
            #expect(response.error?["CanonicalRequest"]?.text.hasPrefix("GET\n/films\n") == true)
            let metrics = try await fixture.send("GET", "/-/metrics", isSigned: false)
            for text in [response.text, metrics.text] { #expect(!text.contains(ServerFixture.keys.secretAccessKey)) }
        }
    }
}
