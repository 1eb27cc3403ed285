import CofferModel
import Testing

@testable import CofferSigning

struct CanonicalRequestTests {
    @Test(arguments: [
        ("a", "a"), (" a ", "a"), ("a  b", "a b"), ("a   b  c ", "a b c"), ("", ""), ("   ", ""),
        ("\"a  b\"", "\"a b\""),
        ("a\u{301} b", "a\u{301} b"), ("a  \u{301}b", "a \u{301}b"), (" \u{301}", "\u{301}"),
    ])
    func `Spaces of a header's value are folded`(value: String, folded: String) {
        #expect(Array(CanonicalRequest.folded(value).utf8) == Array(folded.utf8))
    }

    @Test(
        arguments: [
            ("/", ["/"]), ("/a%20b", ["/a%20b"]), ("/a b", ["/a%20b", "/a b"]), ("/a+b", ["/a%2Bb", "/a+b"]),
            ("/%c3%a9", ["/%C3%A9", "/%c3%a9"]), ("/a%2Fb", ["/a/b", "/a%2Fb"]), ("//a/../b/./c//", ["//a/../b/./c//"]),
            ("/~a", ["/~a"]), ("/%7Ea", ["/~a", "/%7Ea"]), ("/%zz", ["/%zz"]), ("/a(1)", ["/a%281%29", "/a(1)"]),
        ] as [(String, [String])])
    func `A path is never normalised, and taken encoded anew or as it was sent`(path: String, paths: [String]) {
        #expect(CanonicalRequest.paths(of: Example.request("GET", path)) == paths)
    }

    @Test(arguments: [
        ("", ""), ("acl", "acl="), ("b=2&a=1", "a=1&b=2"), ("a=2&a=1", "a=1&a=2"), ("a=&b", "a=&b="),
        ("prefix=a/b", "prefix=a%2Fb"), ("prefix=a%2fb", "prefix=a%2Fb"), ("k=%7E~", "k=~~"), ("k=a%20b", "k=a%20b"),
        ("k=a+b", "k=a%20b"), ("k=a%2Bb", "k=a%2Bb"), ("k=é", "k=%C3%A9"), ("k=\u{301}", "k=%CC%81"),
        ("k=a=b", "k=a%3Db"),
        ("A=1&a=2&B=3", "A=1&B=3&a=2"), ("a-b=1&a=2&a%20=3", "a=2&a%20=3&a-b=1"), ("&&a=1&", "a=1"),
        ("X-Amz-Signature=x&a=1", "a=1"),
    ])
    func `A query is encoded anew and ordered by its bytes`(query: String, canonical: String) {
        let request = Example.request("GET", "/", query: query)
        #expect(CanonicalRequest.query(of: request, leavingOut: "X-Amz-Signature") == canonical)
    }

    @Test(arguments: [
        ("a=2&a=1", "a=2&a=1"), ("b=1&a=2&a=1&a=3", "a=2&a=1&a=3&b=1"), ("b=2&a=1", "a=1&b=2"), ("", ""),
    ])
    func `The values of one name may keep the order in which they were sent`(query: String, canonical: String) {
        let request = Example.request("GET", "/", query: query)
        #expect(CanonicalRequest.query(of: request, keepingOrder: true) == canonical)
    }

    @Test func `The values of a repeated header are joined in their order`() {
        let request = Example.request(
            "GET", "/", headers: [("x-amz-meta-a", "2"), ("x-amz-b", "x"), ("x-amz-meta-a", " 1 ")])
        let canonical = CanonicalRequest(
            request, path: "/", query: "", signedHeaders: ["host", "x-amz-meta-a", "x-missing"], payloadHash: "H")
        #expect(
            canonical.text
                == "GET\n/\n\nhost:\(Example.host)\nx-amz-meta-a:2,1\nx-missing:\n\nhost;x-amz-meta-a;x-missing\nH")
    }

    @Test(arguments: [
        "/", "/a b", "/a+b", "/a%2Bb", "/a%2Fb", "//", "/a//b", "/.", "/..", "/a/../b", "/~", "/%7E", "/%25", "/é",
        "/%C3%A9", "/%c3%a9", "/%F0%9F%98%80", "/(1)'*!", "/a%00b", "/a;b=c,d:e@f$g&h", "/%20", "/\u{301}",
    ])
    func `An awkward path that was signed in either encoding is authenticated`(path: String) throws {
        let request = Example.request("GET", path, query: "k=a+b&x=%2F&y")
        for encoded in CanonicalRequest.paths(of: request) {
            let signed = Self.sign(request, path: encoded, query: CanonicalRequest.query(of: request))
            #expect(throws: Never.self) { try Example.verifier().verify(signed) }
            let v2 = V2Signer(credentials: Example.credentials).presign(request, expires: Example.time)
            #expect(throws: Never.self) { try Example.verifier().verify(v2) }
        }
    }

    @Test func `An access key id may hold slashes`() throws {
        let credential = try #require(SignatureV4.credential("a/b/c/20130524/us-east-1/s3/aws4_request"))
        #expect(credential.accessKeyID == "a/b/c")
        #expect(credential.scope == CredentialScope(day: "20130524", region: "us-east-1"))
    }

    private static func sign(_ request: SignableRequest, path: String, query: String) -> SignableRequest {
        var request = request
        request.headers += [("x-amz-content-sha256", Example.emptyHash), ("x-amz-date", "20130524T000000Z")]
        let names = ["host", "x-amz-content-sha256", "x-amz-date"]
        let scope = CredentialScope(day: "20130524", region: "us-east-1")
        let canonical = CanonicalRequest(
            request, path: path, query: query, signedHeaders: names, payloadHash: Example.emptyHash)
        let signature = SignatureV4.signature(
            of: SignatureV4.stringToSign(date: "20130524T000000Z", scope: scope, canonicalRequest: canonical),
            key: scope.signingKey(secret: Example.credentials.secretAccessKey))
        request.headers.append(
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=\(Example.credentials.accessKeyID)/\(scope), "
                    + "SignedHeaders=\(names.joined(separator: ";")), Signature=\(signature)"
            ))
        return request
    }
}
