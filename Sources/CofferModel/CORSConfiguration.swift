/// A bucket's cross-origin rules: parsing, serialising, and finding the rule for a request.
///
/// Source: S3 API Reference, PutBucketCors; S3 User Guide, "Using cross-origin resource sharing".
public struct CORSConfiguration: Sendable, Equatable {
    public let rules: [Rule]

    public struct Rule: Sendable, Equatable {
        public let id: String?
        public let allowedOrigins: [String]
        public let allowedMethods: [String]
        public let allowedHeaders: [String]
        public let exposeHeaders: [String]
        public let maxAgeSeconds: Int?

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

    public init(rules: [Rule]) { self.rules = rules }

    /// - Throws: `MalformedXML` for a document of another shape or more than 100 rules, `InvalidRequest` for a method
    ///   that S3 does not know or a pattern with several wildcards.
    public init(document: [UInt8]) throws(S3Error) {
        let root = try XMLElement.parse(document, root: "CORSConfiguration")
        var rules: [Rule] = []
        for element in root.all("CORSRule") { rules.append(try Rule(element)) }
        guard (1...Limits.corsRuleCount).contains(rules.count) else { throw S3Error(.malformedXML) }
        self.rules = rules
    }

    /// The document that GetBucketCors answers.
    public var document: [UInt8] {
        XMLWriter.document("CORSConfiguration") { xml in
            for rule in rules { xml.element("CORSRule") { rule.write(to: &$0) } }
        }
    }

    /// The first rule that admits a request of an origin and method.
    ///
    /// - Parameter headers: the header names that a preflight asks for.
    public func rule(origin: String, method: String, headers: [String] = []) -> Rule? {
        rules.first { rule in
            rule.origin(matching: origin) != nil && rule.allowedMethods.contains(method)
                && headers.allSatisfy { rule.allows(header: $0) }
        }
    }
}

extension CORSConfiguration.Rule {
    private static let methods = ["GET", "PUT", "POST", "DELETE", "HEAD"]

    init(_ element: XMLElement) throws(S3Error) {
        func texts(_ name: String) -> [String] { element.all(name).map(\.text) }
        id = element["ID"]?.text
        allowedOrigins = texts("AllowedOrigin")
        allowedMethods = texts("AllowedMethod")
        allowedHeaders = texts("AllowedHeader")
        exposeHeaders = texts("ExposeHeader")
        maxAgeSeconds = try element["MaxAgeSeconds"].map { age throws(S3Error) in
            guard let seconds = Int(age.text), seconds >= 0 else { throw S3Error(.malformedXML) }
            return seconds
        }
        try validate()
    }

    private func validate() throws(S3Error) {
        guard !allowedOrigins.isEmpty, !allowedMethods.isEmpty, (id?.count ?? 0) <= 255 else {
            throw S3Error(.malformedXML)
        }
        for method in allowedMethods where !Self.methods.contains(method) {
            throw S3Error(
                .invalidRequest, "Found unsupported HTTP method in CORS config. Unsupported method is \(method)")
        }
        for (name, patterns) in [("AllowedOrigin", allowedOrigins), ("AllowedHeader", allowedHeaders)] {
            for pattern in patterns where pattern.utf8.count(where: { $0 == UInt8(ascii: "*") }) > 1 {
                throw S3Error(.invalidRequest, "\(name) \"\(pattern)\" can not have more than one wildcard.")
            }
        }
        for header in exposeHeaders where header.contains("*") {
            throw S3Error(
                .invalidRequest,
                "ExposeHeader \"\(header)\" contains wildcard. We currently do not support wildcard for ExposeHeader")
        }
        guard exposeHeaders.reduce(0, { $0 + $1.utf8.count }) <= Limits.exposeHeadersByteCount else {
            throw S3Error(
                .invalidRequest, "The ExposeHeaders of a rule are longer than \(Limits.exposeHeadersByteCount) bytes")
        }
        for text in allowedOrigins + exposeHeaders where text.utf8.contains(where: { $0 < 32 }) {
            throw S3Error(.malformedXML)
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

    /// The allowed origin, possibly a pattern, that an origin matches.
    public func origin(matching origin: String) -> String? {
        allowedOrigins.first { Self.matches(pattern: $0, origin) }
    }

    fileprivate func allows(header: String) -> Bool {
        allowedHeaders.contains { Self.matches(pattern: $0.lowercased(), header.lowercased()) }
    }

    /// At most one `*` stands for any characters.
    private static func matches(pattern: String, _ text: String) -> Bool {
        let parts = pattern.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return pattern == text }
        return text.utf8.count >= pattern.utf8.count - 1 && text.hasPrefix(parts[0]) && text.hasSuffix(parts[1])
    }
}
