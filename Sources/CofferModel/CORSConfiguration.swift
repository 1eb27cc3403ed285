/// A bucket's cross-origin rules: parsing, validating, serialising, and finding the rule for a request.
///
/// Source: S3 API Reference, PutBucketCors; S3 User Guide, "Using cross-origin resource sharing".
public struct CORSConfiguration: Sendable, Equatable {
    /// The rules, in the order in which they are tried; S3 allows 1 to ``Limits/corsRuleCount``.
    public let rules: [Rule]

    /// What one set of origins may do.
    public struct Rule: Sendable, Equatable {
        /// The rule's name, unique in the configuration; at most 255 characters.
        public let id: String?
        /// The origins, such as `https://example.org`, each with at most one `*`.
        public let allowedOrigins: [String]
        /// The methods, from ``CORSConfiguration/methods``.
        public let allowedMethods: [String]
        /// The request headers that a preflight may ask for, each with at most one `*`.
        public let allowedHeaders: [String]
        /// The response headers that scripts may read, at most ``Limits/exposeHeadersByteCount`` bytes in total.
        public let exposeHeaders: [String]
        /// How many seconds a browser may cache the answer to a preflight; nil leaves that to the browser.
        public let maxAgeSeconds: Int?

        /// Creates a rule, unchecked: see ``CORSConfiguration/validate()``.
        ///
        /// - Parameters:
        ///   - id: the rule's name, unique in the configuration.
        ///   - allowedOrigins: the origins, at least one, each with at most one `*`.
        ///   - allowedMethods: the methods, at least one.
        ///   - allowedHeaders: the request headers that a preflight may ask for.
        ///   - exposeHeaders: the response headers that scripts may read.
        ///   - maxAgeSeconds: how many seconds a browser may cache the answer to a preflight.
        public init(
            id: String? = nil, allowedOrigins: [String], allowedMethods: [String], allowedHeaders: [String] = [],
            exposeHeaders: [String] = [], maxAgeSeconds: Int? = nil
        ) {
            self.id = id
            self.allowedOrigins = allowedOrigins
            self.allowedMethods = allowedMethods
            self.allowedHeaders = allowedHeaders
            self.exposeHeaders = exposeHeaders
            self.maxAgeSeconds = maxAgeSeconds
        }
    }

    /// Creates a configuration without checking its rules: see ``validate()``.
    public init(rules: [Rule]) { self.rules = rules }

    /// The methods that a rule may allow, and that a preflight may ask for.
    public static let methods: Set = ["GET", "PUT", "POST", "DELETE", "HEAD"]

    /// Reads a document without checking whether S3 would accept its rules: see ``validate()``.
    ///
    /// - Throws: `MalformedXML` for a document that does not match the schema.
    public init(document: [UInt8]) throws(S3Error) {
        let root = try XMLElement.parse(document, root: "CORSConfiguration")
        try root.rejectUnknownChildren([], lists: ["CORSRule"])
        var rules: [Rule] = []
        for element in root.children { rules.append(try Rule(element)) }
        guard !rules.isEmpty else { throw S3Error(.malformedXML) }
        self.rules = rules
    }

    /// Checks whether S3 would accept the rules.
    ///
    /// - Throws: `MalformedXML` for a rule without an origin or method, `InvalidRequest` for a rule with invalid
    ///   values, for more than 100 rules, and for two rules with the same id.
    public func validate() throws(S3Error) {
        guard rules.count <= Limits.corsRuleCount else {
            throw S3Error(
                .invalidRequest,
                "The number of CORS rules should not exceed allowed limit of \(Limits.corsRuleCount) rules.")
        }
        for rule in rules { try rule.validate() }
        let ids = rules.compactMap(\.id)
        guard Set(ids).count == ids.count else {
            throw S3Error(.invalidRequest, "Rule ID must be unique. Found same ID for more than one rule")
        }
    }

    /// The document that GetBucketCors returns.
    public var document: [UInt8] {
        XMLWriter.document("CORSConfiguration") { xml in
            for rule in rules { xml.element("CORSRule") { rule.write(to: &$0) } }
        }
    }

    /// Returns the first rule that allows a request with an origin and method.
    ///
    /// - Parameters:
    ///   - origin: the value of the `Origin` header.
    ///   - method: the method of the request, or the one that a preflight asks for.
    ///   - headers: the header names that a preflight asks for.
    public func rule(origin: String, method: String, headers: [String] = []) -> Rule? {
        rules.first { rule in
            rule.origin(matching: origin) != nil && rule.allowedMethods.contains(method) && rule.allows(headers)
        }
    }
}

extension CORSConfiguration.Rule {
    /// - Throws: `MalformedXML` for elements that a rule does not have, or for an element that occurs too often.
    init(_ element: XMLElement) throws(S3Error) {
        try element.rejectUnknownChildren(
            ["ID", "MaxAgeSeconds"], lists: ["AllowedOrigin", "AllowedMethod", "AllowedHeader", "ExposeHeader"])
        func texts(_ name: String) -> [String] { element.all(name).map(\.text) }
        id = element["ID"]?.text
        allowedOrigins = texts("AllowedOrigin")
        allowedMethods = texts("AllowedMethod")
        allowedHeaders = texts("AllowedHeader")
        exposeHeaders = texts("ExposeHeader")
        maxAgeSeconds = try element["MaxAgeSeconds"].map { age throws(S3Error) in
            guard let seconds = Int32(age.text) else { throw S3Error(.malformedXML) }
            return Int(seconds)
        }
    }

    fileprivate func write(to xml: inout XMLWriter) {
        xml.optional("ID", id)
        for origin in allowedOrigins { xml.element("AllowedOrigin", origin) }
        for method in allowedMethods { xml.element("AllowedMethod", method) }
        for header in allowedHeaders { xml.element("AllowedHeader", header) }
        for header in exposeHeaders { xml.element("ExposeHeader", header) }
        xml.optional("MaxAgeSeconds", maxAgeSeconds.map(String.init))
    }

    // MARK: Validation

    fileprivate func validate() throws(S3Error) {
        guard !allowedOrigins.isEmpty, !allowedMethods.isEmpty, (id?.unicodeScalars.count ?? 0) <= 255,
            !allowedHeaders.contains("")
        else { throw S3Error(.malformedXML) }
        for method in allowedMethods where !CORSConfiguration.methods.contains(method) {
            throw S3Error(
                .invalidRequest, "Found unsupported HTTP method in CORS config. Unsupported method is \(method)")
        }
        for (name, patterns) in [("AllowedOrigin", allowedOrigins), ("AllowedHeader", allowedHeaders)] {
            for pattern in patterns where pattern.utf8.count(where: { $0 == UInt8(ascii: "*") }) > 1 {
                throw S3Error(.invalidRequest, "\(name) \"\(pattern)\" can not have more than one wildcard.")
            }
        }
        for header in allowedHeaders where !header.utf8.allSatisfy({ Self.isNameByte($0) || $0 == UInt8(ascii: "*") }) {
            throw S3Error(.invalidRequest, "AllowedHeader \"\(header)\" contains invalid character.")
        }
        try validateExposeHeaders()
        // Origins are copied into response headers.
        for origin in allowedOrigins where origin.utf8.contains(where: { $0 < 32 }) { throw S3Error(.malformedXML) }
    }

    private func validateExposeHeaders() throws(S3Error) {
        for header in exposeHeaders {
            guard !header.contains("*") else {
                throw S3Error(
                    .invalidRequest,
                    "ExposeHeader \"\(header)\" contains wildcard. We currently do not support wildcard for ExposeHeader."
                )
            }
            guard header.utf8.allSatisfy(Self.isNameByte) else {
                throw S3Error(.invalidRequest, "ExposeHeader \"\(header)\" contains invalid character.")
            }
        }
        guard exposeHeaders.reduce(0, { $0 + $1.utf8.count }) <= Limits.exposeHeadersByteCount else {
            throw S3Error(
                .invalidRequest,
                "The ExposeHeaders of a rule may have at most \(Limits.exposeHeadersByteCount) bytes in total")
        }
    }

    /// Source: RFC 9110 section 5.6.2, tokens.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'+-.^_`|~".utf8.contains(byte)
        }
    }

    // MARK: Matching

    /// Returns the allowed origin, possibly a pattern, that an origin matches.
    ///
    /// Schemes and hosts are compared as written: browsers send both in lower case (RFC 6454 section 6.2).
    public func origin(matching origin: String) -> String? {
        allowedOrigins.first { Self.matches(pattern: $0, origin) }
    }

    /// Whether the rule allows header fields, whose names are compared without regard to case.
    fileprivate func allows(_ headers: [String]) -> Bool {
        guard !headers.isEmpty else { return true }
        let patterns = allowedHeaders.map { $0.lowercased() }
        return headers.allSatisfy { header in
            let header = header.lowercased()
            return patterns.contains { Self.matches(pattern: $0, header) }
        }
    }

    /// Whether a text matches a pattern with at most one `*`, which matches any number of characters, including none.
    private static func matches(pattern: String, _ text: String) -> Bool {
        let (pattern, text) = (pattern.utf8, text.utf8)
        guard let star = pattern.firstIndex(of: UInt8(ascii: "*")) else { return pattern.elementsEqual(text) }
        let end = pattern[star...].dropFirst()
        return text.count >= pattern.count - 1 && text.starts(with: pattern[..<star])
            && text.suffix(end.count).elementsEqual(end)
    }
}
