import CofferHTTP
import CofferModel

/// The cross-origin header fields of an answer, which every answer to a request with an `Origin` gets, errors too.
///
/// Source: S3 User Guide, "Using cross-origin resource sharing"; Fetch Standard, "CORS protocol".
struct CORSHeaders: Sendable {
    let fields: [(name: String, value: String)]

    static let none = CORSHeaders(fields: [])

    private init(fields: [(name: String, value: String)]) { self.fields = fields }

    /// The fields for a request that is no preflight; one that says what a preflight says is judged by that all the same.
    ///
    /// As from S3, an answer tells that it varies with its origin only where one was sent.
    init(_ request: S3Request, service: Service) throws(S3Error) {
        guard let question = Question(request), let cors = try Self.state(request, service)?.cors else {
            self = .none
            return
        }
        self = Self(question.rule(of: cors, method: question.method ?? request.method), question)
    }

    /// The fields for a request that a rule admits; if none does, only that another may be.
    private init(_ rule: CORSConfiguration.Rule?, _ question: Question) {
        fields = (rule.map { Self.fields($0, question) } ?? []) + [Self.vary]
    }

    /// The answer to a preflight: `OPTIONS` with `Origin` and `Access-Control-Request-Method`, never signed.
    ///
    /// - Throws: `BadRequest` if one of them is missing or no such method may be allowed, `AccessForbidden` if there are
    ///   no rules or none allows the request.
    static func preflight(_ request: S3Request, service: Service) throws(S3Error) -> HTTPResponse {
        guard let question = Question(request) else {
            throw S3Error(.badRequest, "Insufficient information. Origin request header needed.")
        }
        let details = [("Method", question.method ?? request.method), ("ResourceType", request.level.rawValue)]
        guard let state = try state(request, service) else {
            throw S3Error(.corsForbidden, "CORSResponse: Bucket not found", details: details)
        }
        guard let cors = state.cors else {
            throw S3Error(.corsForbidden, "CORSResponse: CORS is not enabled for this bucket.", details: details)
        }
        guard let method = question.method, CORSConfiguration.methods.contains(method) else {
            throw S3Error(
                .badRequest, "Invalid Access-Control-Request-Method: \(question.method ?? "null")", headers: [vary])
        }
        guard let rule = question.rule(of: cors, method: method) else {
            throw S3Error(.corsForbidden, details: details, headers: [vary])
        }
        return HTTPResponse(status: 200, headers: Self(rule, question).fields)
    }

    /// What a browser asks before it lets a page of another origin read an answer.
    private struct Question {
        let origin: String
        let method: String?
        /// In lower case.
        let headers: [String]

        /// - Returns: nil for a request without an origin, which no page of another origin sends.
        init?(_ request: S3Request) {
            guard let origin = request.headers["origin"], !origin.isEmpty else { return nil }
            self.origin = origin
            method = request.headers["access-control-request-method"]
            headers = request.headers.all("access-control-request-headers")
                .flatMap { $0.split(whereSeparator: { $0 == "," || $0 == " " }) }.map { $0.lowercased() }
        }

        /// No rule allows more header fields than a request may have.
        func rule(of cors: CORSConfiguration, method: String) -> CORSConfiguration.Rule? {
            guard headers.count <= RequestLimits.headerCount else { return nil }
            return cors.rule(origin: origin, method: method, headers: headers)
        }
    }

    private static let vary = (
        name: "Vary", value: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
    )

    private static func state(_ request: S3Request, _ service: Service) throws(S3Error) -> BucketState? {
        // Without a bucket there are no rules; that it is missing is told by the operation.
        guard let name = try? request.bucketName() else { return nil }
        return try service.buckets.state(of: name)
    }

    private static func fields(
        _ rule: CORSConfiguration.Rule, _ question: Question
    ) -> [(name: String, value: String)] {
        let isForAll = rule.origin(matching: question.origin) == "*"
        var fields = [("Access-Control-Allow-Origin", isForAll ? "*" : question.origin)]
        if !isForAll { fields.append(("Access-Control-Allow-Credentials", "true")) }
        fields.append(("Access-Control-Allow-Methods", rule.allowedMethods.joined(separator: ", ")))
        if !question.headers.isEmpty {
            fields.append(("Access-Control-Allow-Headers", question.headers.joined(separator: ", ")))
        }
        let exposed = rule.exposeHeaders.filter { !$0.isEmpty }
        if !exposed.isEmpty { fields.append(("Access-Control-Expose-Headers", exposed.joined(separator: ", "))) }
        if let age = rule.maxAgeSeconds { fields.append(("Access-Control-Max-Age", String(age))) }
        return fields
    }
}
