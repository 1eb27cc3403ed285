import CofferModel
import CofferTestSupport
import Testing

@testable import CofferHTTP
@testable import CofferServer

struct MetricsAccessTests {
    @Test(
        arguments: [
            ("127.0.0.1", "127.0.0.1:9000", [:], true), ("127.8.8.8", "localhost", [:], true),
            ("::1", "[::1]:9000", [:], true), ("::ffff:127.0.0.1", "LOCALHOST:9000", [:], true),
            ("192.0.2.1", "127.0.0.1", [:], false), ("::2", "localhost", [:], false), ("-", "localhost", [:], false),
            // By a page in a browser that has a name for this machine, or by a proxy that keeps the host.
            ("127.0.0.1", "metrics.example.org", [:], false), ("127.0.0.1", "", [:], false),
            ("127.0.0.1", "127.0.0.1.example.org", [:], false), ("127.0.0.1", "localhost.example.org", [:], false),
            // By a proxy on this machine that is not declared.
            ("127.0.0.1", "localhost", ["x-forwarded-for": "203.0.113.5"], false),
            ("127.0.0.1", "localhost", ["x-forwarded-for": "127.0.0.1"], false),
            ("127.0.0.1", "localhost", ["x-forwarded-host": "localhost"], false),
            ("127.0.0.1", "localhost", ["forwarded": "for=127.0.0.1"], false),
            ("127.0.0.1", "localhost", ["via": "1.1 proxy"], false),
            ("127.0.0.1", "localhost", ["x-real-ip": "127.0.0.1"], false),
        ] as [(String, String, [String: String], Bool)])
    func `Without a token only callers on this machine may read the metrics`(
        address: String, host: String, fields: [String: String], isServed: Bool
    ) {
        #expect(Self.isServed(Self.head(address, host, fields)) == isServed)
    }

    @Test(
        arguments: [
            ("10.0.0.1", ["x-forwarded-for": "127.0.0.1"], true),
            ("10.0.0.1", ["x-forwarded-for": "203.0.113.5"], false),
            ("10.0.0.1", ["x-forwarded-for": "127.0.0.1, 203.0.113.5"], false),
            ("10.0.0.1", ["x-forwarded-for": "203.0.113.5, 127.0.0.1"], false), ("10.0.0.1", [:], false),
            ("127.0.0.1", ["x-forwarded-for": "203.0.113.5"], false),
            ("127.0.0.1", ["x-forwarded-for": "127.0.0.1"], true),
            ("127.0.0.1", ["x-forwarded-for": "unknown"], false), ("127.0.0.1", ["x-forwarded-for": ""], false),
            ("127.0.0.1", ["x-forwarded-for": "unknown, 127.0.0.1"], false),
            ("127.0.0.1", ["forwarded": "for=203.0.113.5"], false), ("127.0.0.1", [:], true),
            ("192.0.2.9", ["x-forwarded-for": "127.0.0.1"], false),
        ] as [(String, [String: String], Bool)])
    func `The address that a trusted proxy names is believed`(
        address: String, fields: [String: String], isServed: Bool
    ) throws {
        let ranges = try ["10.0.0.0/8", "127.0.0.1"].map { try #require(AddressRange($0)) }
        #expect(Self.isServed(Self.head(address, "localhost", fields)) { $0.trustedProxies = ranges } == isServed)
    }

    /// As nginx sends requests on, unless it is set up otherwise.
    @Test func `A request of HTTP 1_0 may come from a proxy`() {
        let head = HTTPRequestHead(
            method: "GET", target: "/-/metrics", headers: HTTPHeaders([("host", "127.0.0.1:9000")]),
            remoteAddress: "127.0.0.1", isSecure: false, isOverLimit: false, mayLackHost: true)
        #expect(!Self.isServed(head))
    }

    @Test func `Behind a proxy with a host alias the metrics require a token`() {
        #expect(!Self.isServed(Self.head("127.0.0.1", "localhost")) { $0.hostAliases = ["s3.example.org"] })
    }

    @Test(
        arguments: [
            (nil, false), ("Bearer \(token)", true), ("bearer \(token)", true), ("Bearer  \(token)", false),
            ("Bearer \(token)x", false), ("Bearer \(token.dropLast())", false), ("Bearer", false), ("", false),
            ("Basic \(token)", false), (token, false),
        ] as [(String?, Bool)])
    func `With a token callers must send it, wherever they are`(authorization: String?, isServed: Bool) throws {
        let token = try #require(MetricsToken(Self.token))
        for address in ["127.0.0.1", "203.0.113.5"] {
            let head = Self.head(address, "s3.example.org", authorization.map { ["authorization": $0] } ?? [:])
            #expect(Self.isServed(head) { $0.metricsToken = token } == isServed)
        }
    }

    @Test(arguments: ["", "fifteen.letters", "sixteen  letters", "sixteen\u{e9}letters.x", "sixteen.letters\n"])
    func `A token that cannot be sent or could be guessed is invalid`(text: String) {
        #expect(MetricsToken(text) == nil)
    }

    @Test func `Refusals say what is missing, and show no metrics`() async throws {
        try await ServerFixture.with { fixture in
            let proxied = [(name: "x-forwarded-for", value: "203.0.113.5")]
            let response = try await fixture.send("GET", "/-/metrics", headers: proxied, isSigned: false)
            #expect(response.status == 403 && response.errorCode == "AccessDenied")
            #expect(response["www-authenticate"] == nil)
            // Keys of S3 are none for the metrics.
            #expect(try await fixture.send("GET", "/-/metrics", headers: proxied).status == 403)
        }
        try await ServerFixture.with {
            $0.metricsToken = MetricsToken(Self.token)
        } _: { fixture in
            let response = try await fixture.send("GET", "/-/metrics", isSigned: false)
            #expect(response.status == 401 && response["www-authenticate"] == "Bearer realm=\"metrics\"")
            #expect(!response.text.contains("coffer_"))
            let fields = [(name: "authorization", value: "Bearer \(Self.token)")]
            #expect(
                try await fixture.send("GET", "/-/metrics", headers: fields, isSigned: false).text.contains("coffer_"))
            fixture.server.update(metricsToken: MetricsToken("another-token-of-the-tests"))
            #expect(try await fixture.send("GET", "/-/metrics", headers: fields, isSigned: false).status == 401)
            #expect(try await fixture.send("GET", "/-/health", isSigned: false).status == 200)
        }
    }

    private static let token = "token-of-the-tests"

    private static func head(_ address: String, _ host: String, _ fields: [String: String] = [:]) -> HTTPRequestHead {
        HTTPRequestHead(
            method: "GET", target: "/-/metrics",
            headers: HTTPHeaders([("host", host)] + fields.map { (name: $0.key, value: $0.value) }),
            remoteAddress: address, isSecure: false, isOverLimit: false)
    }

    private static func isServed(
        _ head: HTTPRequestHead, _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) -> Bool {
        var configuration = ServerConfiguration()
        configure(&configuration)
        do throws(S3Error) {
            try MetricsAccess(configuration).check(head)
            return true
        } catch {
            return false
        }
    }
}
