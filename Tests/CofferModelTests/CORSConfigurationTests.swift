import CofferModel
import Testing

struct CORSConfigurationTests {
    private static let everything = """
        <CORSRule><ID>first</ID><AllowedOrigin>https://a.example</AllowedOrigin>\
        <AllowedOrigin>https://*.b.example</AllowedOrigin><AllowedMethod>GET</AllowedMethod>\
        <AllowedMethod>PUT</AllowedMethod><AllowedHeader>content-*</AllowedHeader>\
        <AllowedHeader>X-Amz-Date</AllowedHeader><ExposeHeader>ETag</ExposeHeader>\
        <MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule>\
        <CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>
        """

    @Test func `every element of a rule is read`() throws {
        let rules = try configuration(Self.everything).rules
        let first = try #require(rules.first)
        #expect(rules.count == 2)
        #expect(first.id == "first")
        #expect(first.allowedOrigins == ["https://a.example", "https://*.b.example"])
        #expect(first.allowedMethods == ["GET", "PUT"])
        #expect(first.allowedHeaders == ["content-*", "X-Amz-Date"])
        #expect(first.exposeHeaders == ["ETag"])
        #expect(first.maxAgeSeconds == 3000)
        #expect(rules[1].id == nil && rules[1].maxAgeSeconds == nil && rules[1].allowedHeaders.isEmpty)
    }

    @Test func `a configuration survives writing and reading`() throws {
        let configuration = try configuration(Self.everything)
        #expect(try CORSConfiguration(document: configuration.document) == configuration)
    }

    @Test(
        arguments: [
            ("", .malformedXML), ("<CORSRule/>", .malformedXML),
            ("<CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>", .malformedXML),
            ("<CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule>", .malformedXML),
            (rule(method: "get"), .invalidRequest), (rule(method: "PATCH"), .invalidRequest),
            (rule(method: "OPTIONS"), .invalidRequest), (rule(method: "*"), .invalidRequest),
            (rule(method: ""), .invalidRequest), (rule(origin: "http://*.*"), .invalidRequest),
            (rule(extra: "<AllowedHeader>*-*</AllowedHeader>"), .invalidRequest),
            (rule(extra: "<ExposeHeader>x-*</ExposeHeader>"), .invalidRequest),
            (rule(extra: "<MaxAgeSeconds>x</MaxAgeSeconds>"), .malformedXML),
            (rule(extra: "<MaxAgeSeconds>-1</MaxAgeSeconds>"), .malformedXML),
            (rule(extra: "<MaxAgeSeconds>99999999999999999999</MaxAgeSeconds>"), .malformedXML),
            (rule(extra: "<ID>\(String(repeating: "x", count: 256))</ID>"), .malformedXML),
            (rule(extra: "<ExposeHeader>a\nX-Injected: b</ExposeHeader>"), .malformedXML),
            (rule(origin: "http://a&#13;&#10;X-Injected: b"), .malformedXML),
            (String(repeating: rule(), count: 101), .malformedXML),
        ] as [(String, S3Error.Code)])
    func `a rule that S3 does not take is refused`(rules: String, code: S3Error.Code) {
        let error = #expect(throws: S3Error.self) { try configuration(rules) }
        #expect(error?.code == code)
    }

    @Test func `a hundred rules are taken`() throws {
        #expect(try configuration(String(repeating: Self.rule(), count: 100)).rules.count == 100)
    }

    @Test func `another document is refused`() {
        let error = #expect(throws: S3Error.self) { try CORSConfiguration(document: Array("<Delete/>".utf8)) }
        #expect(error?.code == .malformedXML)
    }

    @Test(arguments: [
        ("*", "https://a.example", true), ("*", "null", true), ("https://a.example", "https://a.example", true),
        ("https://a.example", "http://a.example", false), ("https://a.example", "https://a.example:8443", false),
        ("https://a.example", "https://a.example.evil.example", false),
        ("https://a.example", "HTTPS://A.EXAMPLE", false),
        ("https://*.example", "https://a.example", true), ("https://*.example", "https://a.b.example", true),
        ("https://*.example", "https://evil.test/.example", true), ("https://*.example", "https://example", false),
        ("https://*", "https://a.example", true), ("https://*", "http://a.example", false),
        ("*.example", "https://a.example", true), ("ab*ba", "aba", false), ("ab*ba", "abba", true),
    ])
    func `one star of an origin stands for any characters`(pattern: String, origin: String, matches: Bool) throws {
        let configuration = try configuration(Self.rule(origin: pattern))
        #expect((configuration.rule(origin: origin, method: "GET") != nil) == matches)
    }

    @Test(
        arguments: [
            (["content-type"], true), (["Content-MD5", "CONTENT-TYPE"], true), (["x-amz-date"], true), ([], true),
            (["x-amz-acl"], false), (["content-type", "x-amz-acl"], false), (["xcontent-type"], false),
        ] as [([String], Bool)])
    func `a preflight's headers must all be allowed, in whatever case`(headers: [String], matches: Bool) throws {
        let configuration = try configuration(Self.everything)
        #expect((configuration.rule(origin: "https://a.example", method: "PUT", headers: headers) != nil) == matches)
    }

    @Test func `the first rule that admits a request is the one`() throws {
        let configuration = try configuration(Self.everything)
        #expect(configuration.rule(origin: "https://a.example", method: "GET")?.id == "first")
        #expect(configuration.rule(origin: "https://c.example", method: "GET") == configuration.rules[1])
        #expect(configuration.rule(origin: "https://c.example", method: "PUT") == nil)
        #expect(configuration.rule(origin: "https://a.example", method: "DELETE") == nil)
        #expect(configuration.rule(origin: "https://a.example", method: "GET", headers: ["x-y"]) == nil)
    }

    private func configuration(_ rules: String) throws -> CORSConfiguration {
        try CORSConfiguration(document: Array("<CORSConfiguration>\(rules)</CORSConfiguration>".utf8))
    }

    private static func rule(origin: String = "*", method: String = "GET", extra: String = "") -> String {
        "<CORSRule><AllowedOrigin>\(origin)</AllowedOrigin><AllowedMethod>\(method)</AllowedMethod>\(extra)</CORSRule>"
    }
}
