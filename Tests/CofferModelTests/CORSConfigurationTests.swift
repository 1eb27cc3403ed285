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

    @Test func `Every element of a rule is read`() throws {
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

    @Test func `A configuration survives writing and reading`() throws {
        let configuration = try configuration(Self.everything)
        #expect(try CORSConfiguration(document: configuration.document) == configuration)
    }

    @Test(
        arguments: [
            ("", .malformedXML), ("<CORSRule/>", .malformedXML),
            ("<CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>", .malformedXML),
            ("<CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule>", .malformedXML),
            (rule(extra: "<MaxAgeSeconds>x</MaxAgeSeconds>"), .malformedXML),
            (rule(extra: "<MaxAgeSeconds/>"), .malformedXML),
            (rule(extra: "<MaxAgeSeconds>-2147483649</MaxAgeSeconds>"), .malformedXML),
            (rule(extra: "<MaxAgeSeconds>2147483648</MaxAgeSeconds>"), .malformedXML),
            (rule(extra: "<MaxAgeSeconds>1</MaxAgeSeconds><MaxAgeSeconds>1</MaxAgeSeconds>"), .malformedXML),
            (rule(extra: "<ID>\(String(repeating: "x", count: 256))</ID>"), .malformedXML),
            (rule(extra: "<ID>a</ID><ID>b</ID>"), .malformedXML),
            (rule(extra: "<ExposedHeader>ETag</ExposedHeader>"), .malformedXML),
            (rule(extra: "<AllowedHeader/>"), .malformedXML),
            (rule(origin: "http://a&#13;&#10;X-Injected: b"), .malformedXML),
            (rule() + "<Rule/>", .malformedXML),
        ] as [(String, S3Error.Code)])
    func `A rule that S3 does not take is refused`(rules: String, code: S3Error.Code) {
        let error = #expect(throws: S3Error.self) { try configuration(rules) }
        #expect(error?.code == code)
    }

    @Test(arguments: [
        (rule(method: "get"), "Found unsupported HTTP method in CORS config. Unsupported method is get"),
        (rule(method: "PATCH"), "Found unsupported HTTP method in CORS config. Unsupported method is PATCH"),
        (rule(method: "OPTIONS"), "Found unsupported HTTP method in CORS config. Unsupported method is OPTIONS"),
        (rule(method: "*"), "Found unsupported HTTP method in CORS config. Unsupported method is *"),
        (rule(method: ""), "Found unsupported HTTP method in CORS config. Unsupported method is "),
        (rule(origin: "http://*.*"), "AllowedOrigin \"http://*.*\" can not have more than one wildcard."),
        (rule(origin: "**"), "AllowedOrigin \"**\" can not have more than one wildcard."),
        (
            rule(extra: "<AllowedHeader>*-*</AllowedHeader>"),
            "AllowedHeader \"*-*\" can not have more than one wildcard."
        ),
        (
            rule(extra: "<AllowedHeader>x-*</AllowedHeader><AllowedHeader>a b</AllowedHeader>"),
            "AllowedHeader \"a b\" contains invalid character."
        ),
        (
            rule(extra: "<ExposeHeader>x-*</ExposeHeader>"),
            "ExposeHeader \"x-*\" contains wildcard. We currently do not support wildcard for ExposeHeader."
        ),
        (
            rule(extra: "<ExposeHeader>ETag, Date</ExposeHeader>"),
            "ExposeHeader \"ETag, Date\" contains invalid character."
        ),
        (
            rule(extra: "<ExposeHeader>a\nX-Injected: b</ExposeHeader>"),
            "ExposeHeader \"a\nX-Injected: b\" contains invalid character."
        ),
        (
            String(repeating: rule(), count: 101),
            "The number of CORS rules should not exceed allowed limit of 100 rules."
        ),
        (
            rule(extra: "<ID>a</ID>") + rule() + rule(extra: "<ID>a</ID>"),
            "Rule ID must be unique. Found same ID for more than one rule"
        ),
    ])
    func `A rule that means nothing is refused with the words of S3`(rules: String, message: String) {
        let error = #expect(throws: S3Error.self) { try configuration(rules) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message == message)
    }

    @Test(arguments: [
        String(repeating: rule(), count: 100), rule(extra: "<ID>\(String(repeating: "ü", count: 255))</ID>"),
        rule(extra: "<ID>a</ID>") + rule(extra: "<ID>A</ID>") + rule() + rule(), rule(origin: "null"),
        rule(extra: "<MaxAgeSeconds>0</MaxAgeSeconds>"), rule(extra: "<MaxAgeSeconds>2147483647</MaxAgeSeconds>"),
        rule(extra: "<ExposeHeader/>"), rule(extra: "<ExposeHeader>x-amz-meta-a_b.c!</ExposeHeader>"),
        rule(extra: "<AllowedHeader>*</AllowedHeader><AllowedHeader>x-*-y</AllowedHeader>"),
        rule(extra: "<AllowedMethod>GET</AllowedMethod>"),
    ])
    func `A rule at the edge of what S3 takes is taken`(rules: String) throws {
        let taken = try configuration(rules)
        #expect(try CORSConfiguration(document: taken.document) == taken)
    }

    @Test func `What an earlier version took is read all the same`() throws {
        let rules = Self.rule(extra: "<ID>a</ID>") + Self.rule(extra: "<ID>a</ID>")
        let document = Array("<CORSConfiguration>\(rules)</CORSConfiguration>".utf8)
        #expect(try CORSConfiguration(document: document).rules.count == 2)
    }

    @Test func `Another document is refused`() {
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
        ("null", "null", true), ("https://a.example", "null", false), ("https://*", "https://", true),
        ("https://a.example:*", "https://a.example:8443", true), ("https://a.example:*", "https://a.example", false),
        ("*a", "a", true), ("a*", "A", false), ("https://*.example", "https://e\u{301}.example", true),
        ("https://a", "https://a\u{301}", false), ("https://é", "https://e\u{301}", false),
    ])
    func `One star of an origin stands for any characters`(pattern: String, origin: String, matches: Bool) throws {
        let configuration = try configuration(Self.rule(origin: pattern))
        #expect((configuration.rule(origin: origin, method: "GET") != nil) == matches)
    }

    @Test(
        arguments: [
            (["content-type"], true), (["Content-MD5", "CONTENT-TYPE"], true), (["x-amz-date"], true), ([], true),
            (["x-amz-acl"], false), (["content-type", "x-amz-acl"], false), (["xcontent-type"], false),
            (["x-amz-date-2"], false), (["content-"], true), ([""], false),
        ] as [([String], Bool)])
    func `A preflight's headers must all be allowed, in whatever case`(headers: [String], matches: Bool) throws {
        let configuration = try configuration(Self.everything)
        #expect((configuration.rule(origin: "https://a.example", method: "PUT", headers: headers) != nil) == matches)
    }

    @Test func `The first rule that admits a request is the one`() throws {
        let configuration = try configuration(Self.everything)
        #expect(configuration.rule(origin: "https://a.example", method: "GET")?.id == "first")
        #expect(configuration.rule(origin: "https://c.example", method: "GET") == configuration.rules[1])
        #expect(configuration.rule(origin: "https://c.example", method: "PUT") == nil)
        #expect(configuration.rule(origin: "https://a.example", method: "DELETE") == nil)
        #expect(configuration.rule(origin: "https://a.example", method: "GET", headers: ["x-y"]) == nil)
    }

    @Test func `A rule that lacks a header leaves the request to the next`() throws {
        let configuration = try configuration(
            Self.rule(extra: "<ID>1</ID><AllowedHeader>a</AllowedHeader>")
                + Self.rule(origin: "https://*", method: "PUT", extra: "<ID>2</ID><AllowedHeader>*</AllowedHeader>")
                + Self.rule(extra: "<ID>3</ID><AllowedHeader>*</AllowedHeader>"))
        func id(_ method: String, _ headers: [String], origin: String = "https://a.example") -> String? {
            configuration.rule(origin: origin, method: method, headers: headers)?.id
        }
        #expect(id("GET", []) == "1")
        #expect(id("GET", ["A"]) == "1")
        #expect(id("GET", ["a", "b"]) == "3")
        #expect(id("PUT", ["b"]) == "2")
        #expect(id("PUT", ["b"], origin: "http://a.example") == nil)
        #expect(id("DELETE", []) == nil)
    }

    private func configuration(_ rules: String) throws -> CORSConfiguration {
        let configuration = try CORSConfiguration(
            document: Array("<CORSConfiguration>\(rules)</CORSConfiguration>".utf8))
        try configuration.validate()
        return configuration
    }

    private static func rule(origin: String = "*", method: String = "GET", extra: String = "") -> String {
        "<CORSRule><AllowedOrigin>\(origin)</AllowedOrigin><AllowedMethod>\(method)</AllowedMethod>\(extra)</CORSRule>"
    }
}
