import CofferIAM
import CofferModel
import CofferServer
import CofferSigning
import CofferSystem
import CofferTestSupport
import Testing

@testable import CofferS3

/// What chooses an operation must be signed: by Signature Version 2 some parameters are not, and their names can be
/// spelt in many ways.
struct SignatureV2CoverageTests {
    private static let signer = V2Signer(
        credentials: Credentials(
            accessKeyID: ServerFixture.keys.accessKeyID, secretAccessKey: ServerFixture.keys.secretAccessKey))

    /// Every parameter that the router or an operation looks for, but for those that choose a page of a listing.
    private static let parameters = Router.parameters.union([
        "versionId", "partNumber", "uploadId", "response-content-type", "response-content-disposition",
    ]).sorted()

    /// The codes of requests that name no operation.
    private static let misplaced = ["MethodNotAllowed", "InvalidRequest", "InvalidArgument", "NoLoggingStatusForKey"]

    /// The name as it is, with its first letter encoded, with all of them encoded in lower case.
    private static func spellings(_ name: String) -> [String] {
        let letters = name.utf8.map { "%" + String($0, radix: 16) }
        return [name, letters[0] + name.dropFirst(), letters.joined()]
    }

    @Test(arguments: parameters)
    func `A parameter that is added to a URL of Version 2 is refused in every spelling`(_ name: String) async throws {
        try await ServerFixture.with { server in
            try await server.makeBucket("books", "k")
            var refusals = 0
            for target in ["/books", "/books/k"] {
                for method in ["GET", "PUT", "POST", "DELETE"] {
                    let url = presigned(method, target, server)
                    for spelling in Self.spellings(name) {
                        for value in ["", "=", "=1"] {
                            let body: [UInt8] = ["GET", "DELETE"].contains(method) ? [] : [1]
                            let answer = try await server.send(
                                method, "\(url)&\(spelling)\(value)", body: body, isSigned: false)
                            // What S3 has no operation for is refused before anybody looks at the signature.
                            if Self.misplaced.contains(answer.errorCode ?? "") { continue }
                            #expect(
                                answer.errorCode == "SignatureDoesNotMatch",
                                "\(method) \(target) &\(spelling)\(value): \(answer.status)")
                            refusals += 1
                        }
                    }
                }
            }
            #expect(refusals > 0)
        }
    }

    @Test func `An encoded parameter name that was signed is decoded`() async throws {
        try await ServerFixture.with { server in
            try await server.makeBucket("books", "k")
            var request = SignableRequest(
                method: "GET", path: "/books/k", query: "acl", headers: [("host", server.host)])
            request = Self.signer.presign(request, expires: Timestamp(seconds: ServiceClock.system.time.seconds + 60))
            for spelling in Self.spellings("acl") {
                let query = spelling + request.query.dropFirst(3)
                let answer = try await server.send("GET", "/books/k?\(query)", isSigned: false)
                #expect(answer.status == 200 && answer.text.contains("AccessControlPolicy"), "\(spelling)")
            }
        }
    }

    @Test func `A plus and its encoding are two values, and each is signed as it is read`() async throws {
        try await ServerFixture.with { server in
            try await server.makeBucket("books", "k")
            let type = "response-content-type"
            let url = presigned("GET", "/books/k", query: "\(type)=a%2Bb", server)
            let answer = try await server.send("GET", url, isSigned: false)
            #expect(answer.status == 200 && answer["content-type"] == "a+b")
            let changed = url.replacing("a%2Bb", with: "a+b")
            #expect(try await server.send("GET", changed, isSigned: false).errorCode == "SignatureDoesNotMatch")
        }
    }

    @Test func `A parameter that Version 2 does not sign is refused with a signature in the header too`() async throws {
        try await ServerFixture.with { server in
            try await server.makeBucket("books")
            let date = ServiceClock.system.time.httpDate
            let request = Self.signer.sign(
                SignableRequest(
                    method: "GET", path: "/books", query: "encryption",
                    headers: [("host", server.host), ("date", date)]))
            let connection = try RawConnection(port: server.server.port)
            let lines = ["GET /books?encryption HTTP/1.1"] + request.headers.map { "\($0.name): \($0.value)" }
            await connection.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
            let answer = try await connection.receive()
            #expect(answer.errorCode == "SignatureDoesNotMatch")
            #expect(answer["x-coffer-reason"]?.contains("encryption") == true)
        }
    }

    @Test func `A path of S3 Control is recognized in every spelling`() async throws {
        try await ServerFixture.with { server in
            try await server.makeBucket("v20180820")
            let account = [(name: "x-amz-account-id", value: "000000000000")]
            let path = "/%7620180820/configuration/publicAccessBlock"
            let answer = try await server.send("PUT", path, headers: account, body: [1])
            #expect(answer.status == 400 && answer.text.contains("MalformedXML"))
            #expect(try await server.send("GET", "/v20180820/configuration/publicAccessBlock").status == 404)
        }
    }

    private func presigned(_ method: String, _ path: String, query: String = "", _ server: ServerFixture) -> String {
        let request = Self.signer.presign(
            SignableRequest(method: method, path: path, query: query, headers: [("host", server.host)]),
            expires: Timestamp(seconds: ServiceClock.system.time.seconds + 60))
        return "\(path)?\(request.query)"
    }
}
