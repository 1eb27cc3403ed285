import CofferModel
import CofferTestSupport
import Testing

@testable import CofferHTTP
@testable import CofferServer
@testable import CofferService

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
            ("x.data.example.org", nil), ("1.2.3.4", nil), ("films", "films"), ("films:9000", "films"),
        ] as [(String, String?)])
    func `A host names a bucket below a domain, below localhost, or by itself if it is declared`(
        host: String, bucket: String?
    ) {
        let addressing = Addressing(
            domains: ["s3.test"], bucketHosts: ["data.example.org", "films", "s3.test"])
        #expect(addressing.bucket(host: host) == bucket)
    }

    @Test(arguments: [["example.com", "s3.example.com"], ["s3.example.com", "example.com"]])
    func `Of several domains that match, the longest counts, in any order`(domains: [String]) {
        let addressing = Addressing(domains: domains)
        #expect(addressing.bucket(host: "books.s3.example.com") == "books")
        #expect(addressing.bucket(host: "books.example.com") == "books")
        #expect(addressing.bucket(host: "s3.example.com") == nil)
        #expect(addressing.bucket(host: "example.com") == nil)
    }

    @Test func `A declared host means its bucket even if it is a name below a domain, and a domain never does`() {
        let addressing = Addressing(
            domains: ["example.org", "s3.example.org"], bucketHosts: ["data.example.org", "s3.example.org"])
        #expect(addressing.bucket(host: "data.example.org") == "data.example.org")
        #expect(addressing.bucket(host: "other.example.org") == "other")
        #expect(addressing.bucket(host: "s3.example.org") == nil)
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
            ("/books/\u{301}", "books", "\u{301}"), ("http://127.0.0.1/books/a", "books", "a"),
            ("HTTPS://127.0.0.1:9000/books/a%20b?x", "books", "a b"), ("http://127.0.0.1", nil, ""),
            ("http://127.0.0.1?x", nil, ""),
        ] as [(String, String?, String)])
    func `A path names bucket and key, byte by byte`(target: String, bucket: String?, key: String) throws {
        let parsed = try Self.target(target, host: "127.0.0.1")
        #expect(parsed.bucket == bucket)
        #expect(parsed.keyBytes == Array(key.utf8))
        #expect(!parsed.isBucketInHost)
    }

    @Test(arguments: [
        ("/", ""), ("/a", "a"), ("/books/a", "books/a"), ("//", "/"), ("/a%2Fb/", "a/b/"), ("/?uploads", ""),
    ])
    func `If the host names the bucket, the whole path is the key`(target: String, key: String) throws {
        let parsed = try Self.target(target, host: "books.localhost")
        #expect(parsed.bucket == "books" && parsed.isBucketInHost)
        #expect(parsed.keyBytes == Array(key.utf8))
    }

    @Test(arguments: [
        "", "books", "*", "http:///books", "http://a@b/books", "//a", "/%zz", "/books/%", "/books/a%00b", "/%00",
    ])
    func `A target that names nothing is InvalidURI`(target: String) {
        let error = #expect(throws: S3Error.self) { try Self.target(target, host: "127.0.0.1") }
        #expect(error?.code == .invalidURI)
    }

    @Test func `Every style of address reaches the same object`() async throws {
        try await ServerFixture.with {
            $0.domains = ["s3.test"]
            $0.bucketHosts = ["data.example.org"]
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

    @Test func `A bucket does not take over a host that was not declared`() async throws {
        try await ServerFixture.with { fixture in
            let host = "files.corp.example"
            try await fixture.makeBucket("books", "k")
            try await fixture.makeBucket(host, "books/k", "k")
            #expect(try await fixture.send("GET", "/books/k", host: host).text == "k")
            #expect(try await fixture.send("GET", "/", host: host).text.contains("ListAllMyBucketsResult"))
            #expect(try await fixture.send("GET", "/-/health", host: host).text == "ok\n")
            #expect(try await fixture.send("GET", "/\(host)/k", host: host).text == "k")
        }
    }

    @Test func `A declared host belongs to its bucket even before the bucket exists, like a CNAME record`() async throws
    {
        try await ServerFixture.with {
            $0.bucketHosts = ["data.example.org"]
        } _: { fixture in
            let host = "data.example.org"
            let missing = try await fixture.send("GET", "/k", host: host)
            #expect(missing.status == 404 && missing.errorCode == "NoSuchBucket")
            #expect(try await fixture.send("PUT", "/", host: host).status == 200)
            #expect(try await fixture.send("PUT", "/k", host: host, body: [65]).status == 200)
            #expect(try await fixture.send("GET", "/data.example.org/k").text == "A")
        }
    }

    @Test(arguments: [("datastore.test", true), ("datastore", false)])
    func `The Datastore's bucket has its host if its name has a dot`(bucket: String, hasHost: Bool) async throws {
        try await ServerFixture.with {
            $0.datastore = DatastoreConfiguration(bucket: bucket)
        } _: { fixture in
            let put = try await fixture.send("PUT", "/\(bucket)/key", body: [65])
            #expect(put.status == 200)
            #expect(try await fixture.send("GET", "/key", host: bucket).status == (hasHost ? 200 : 404))
            #expect(try await fixture.send("GET", "/\(bucket)/key", host: bucket).status == (hasHost ? 404 : 200))
        }
    }

    @Test(arguments: ["My_Bucket", "", "ab", "192.0.2.1", "s3.test", "s3.alias.test", "localhost"])
    func `A declared host that is not a valid bucket name is refused`(name: String) async {
        let error = await #expect(throws: ServerError.self) {
            try await ServerFixture.with {
                $0.domains = ["s3.test:9000"]
                $0.hostAliases = ["S3.Alias.test"]
                $0.bucketHosts = [name]
            } _: { _ in
            }
        }
        #expect(error?.description.contains("'\(name)'") == true)
    }

    private static func target(_ target: String, host: String) throws(S3Error) -> S3Target {
        let head = HTTPRequestHead(
            method: "GET", target: target, headers: HTTPHeaders([("host", host)]), remoteAddress: "127.0.0.1",
            isSecure: false,
            isOverLimit: false)
        return try S3Target(head, addressing: Addressing(domains: []))
    }
}
