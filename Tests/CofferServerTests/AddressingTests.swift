import CofferModel
import Testing

@testable import CofferHTTP
@testable import CofferServer

struct AddressingTests {
    @Test(
        arguments: [
            ("127.0.0.1:9000", nil), ("127.0.0.1", nil), ("[::1]:9000", nil), ("[::1]", nil), ("localhost", nil),
            ("localhost:9000", nil),
            ("LOCALHOST", nil), ("", nil), ("s3.test", nil), ("s3.test:443", nil), ("S3.Test", nil),
            ("elsewhere.example", nil), ("books", nil),
            ("books.localhost", "books"), ("books.localhost:9000", "books"), ("Books.LocalHost", "books"),
            ("my.books.localhost", "my.books"),
            ("books.s3.test", "books"), ("books.s3.test:443", "books"), ("a.b.s3.test", "a.b"), ("booksxs3.test", nil),
            ("xlocalhost", nil),
            ("data.example.org", "data.example.org"), ("data.example.org:80", "data.example.org"),
            ("DATA.example.ORG", "data.example.org"),
            ("x.data.example.org", nil), ("1.2.3.4", nil),
        ] as [(String, String?)])
    func `a host names a bucket below a domain, below localhost, or by itself`(host: String, bucket: String?) {
        let addressing = Addressing(domains: ["s3.test"], isBucket: { $0 == "data.example.org" || $0 == "books" })
        #expect(addressing.bucket(host: host) == bucket)
    }

    @Test(arguments: [["example.com", "s3.example.com"], ["s3.example.com", "example.com"]])
    func `of domains that end alike the longest counts, in whatever order they stand`(domains: [String]) {
        let addressing = Addressing(domains: domains, isBucket: { _ in false })
        #expect(addressing.bucket(host: "books.s3.example.com") == "books")
        #expect(addressing.bucket(host: "books.example.com") == "books")
        #expect(addressing.bucket(host: "s3.example.com") == nil)
        #expect(addressing.bucket(host: "example.com") == nil)
    }

    @Test(
        arguments: [
            ("/", nil, ""), ("/books", "books", ""), ("/books/", "books", ""), ("/books/a", "books", "a"),
            ("/books/a/b", "books", "a/b"),
            ("/books//", "books", "/"), ("/books//a", "books", "/a"), ("/books/a%2Fb", "books", "a/b"),
            ("/books/a+b", "books", "a+b"),
            ("/books/%2B%20", "books", "+ "), ("/books/../x", "books", "../x"), ("/books/.", "books", "."),
            ("/books/%C3%A9", "books", "é"),
            ("/books/é", "books", "é"), ("/books/a?b=c?d", "books", "a"), ("/books?list-type=2", "books", ""),
            ("/b%6Foks/a", "books", "a"),
            ("/books/%25", "books", "%"), ("/books/a?", "books", "a"), ("/?x", nil, ""),
            ("/books/\u{301}", "books", "\u{301}"),
        ] as [(String, String?, String)])
    func `a path names bucket and key, byte by byte`(target: String, bucket: String?, key: String) throws {
        let parsed = try Self.target(target, host: "127.0.0.1")
        #expect(parsed.bucket == bucket)
        #expect(parsed.keyBytes == Array(key.utf8))
        #expect(!parsed.isBucketInHost)
    }

    @Test(arguments: [
        ("/", ""), ("/a", "a"), ("/books/a", "books/a"), ("//", "/"), ("/a%2Fb/", "a/b/"), ("/?uploads", ""),
    ])
    func `where the host names the bucket the whole path is the key`(target: String, key: String) throws {
        let parsed = try Self.target(target, host: "books.localhost")
        #expect(parsed.bucket == "books" && parsed.isBucketInHost)
        #expect(parsed.keyBytes == Array(key.utf8))
    }

    @Test(arguments: ["", "books", "*", "http://127.0.0.1/books", "//a", "/%zz", "/books/%", "/books/a%00b", "/%00"])
    func `a target that names nothing is InvalidURI`(target: String) {
        let error = #expect(throws: S3Error.self) { try Self.target(target, host: "127.0.0.1") }
        #expect(error?.code == .invalidURI)
    }

    @Test func `every style of address reaches the same object`() async throws {
        try await ServerFixture.with {
            $0.domains = ["s3.test"]
        } _: { fixture in
            try await fixture.makeBucket("data.example.org", "a/b.csv")
            let port = fixture.server.port
            let styles = [
                (nil, "/data.example.org/a/b.csv"), ("localhost:\(port)", "/data.example.org/a/b.csv"),
                ("s3.test", "/data.example.org/a/b.csv"),
                ("data.example.org.localhost:\(port)", "/a/b.csv"), ("data.example.org.s3.test", "/a/b.csv"),
                ("data.example.org.s3.test:443", "/a/b.csv"), ("data.example.org", "/a/b.csv"),
                ("data.example.org:\(port)", "/a/b.csv"),
            ]
            for (host, target) in styles {
                let response = try await fixture.send("GET", target, host: host)
                #expect(response.status == 200 && response.text == "a/b.csv", "\(host ?? "-") \(target)")
            }
            let list = try await fixture.send("GET", "/?list-type=2", host: "data.example.org")
            #expect(list.text.contains("<Key>a/b.csv</Key>"))
            let missing = try await fixture.send("GET", "/a", host: "films.localhost")
            #expect(missing.errorCode == "NoSuchBucket" && missing.error?["BucketName"]?.text == "films")
        }
    }

    @Test func `a bucket of the name of a host answers by it from the moment it exists`() async throws {
        try await ServerFixture.with { fixture in
            #expect(
                try await fixture.send("GET", "/", host: "data.example.org").text.contains("ListAllMyBucketsResult"))
            try await fixture.makeBucket("data.example.org", "k")
            #expect(try await fixture.send("GET", "/k", host: "data.example.org").text == "k")
            for target in ["/data.example.org/k", "/data.example.org"] {
                #expect(try await fixture.send("DELETE", target).status == 204)
            }
            #expect(
                try await fixture.send("GET", "/", host: "data.example.org").text.contains("ListAllMyBucketsResult"))
        }
    }

    private static func target(_ target: String, host: String) throws(S3Error) -> S3Target {
        let head = HTTPRequestHead(
            method: "GET", target: target, headers: HTTPHeaders([("host", host)]), remoteAddress: "127.0.0.1",
            isSecure: false,
            isOverLimit: false)
        return try S3Target(head, addressing: Addressing(domains: [], isBucket: { _ in false }))
    }
}
