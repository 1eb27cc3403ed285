import CofferHTTP
import CofferIAM
import CofferModel
import CofferService

/// The cross-origin header fields of a response. Every response to a request with an `Origin` gets them, including
/// errors.
///
/// Source: S3 User Guide, "Using cross-origin resource sharing"; Fetch Standard, "CORS protocol".
struct CORSHeaders: Sendable {
    let fields: [(name: String, value: String)]

    static let none = CORSHeaders(fields: [])

    private init(fields: [(name: String, value: String)]) { self.fields = fields }

    /// Creates the fields for a request other than a preflight; if it carries `Access-Control-Request-Method`, rules
    /// are still matched against that method.
    ///
    /// As in S3, a response has `Vary` only where a rule admits the origin.
    ///
    /// - Parameter state: the bucket that the request is about; nil if there is none.
    init(_ head: HTTPRequestHead, in state: BucketState?) {
        guard let question = Question(head), let cors = state?.cors else {
            self = .none
            return
        }
        let rule = question.rule(of: cors, method: question.method ?? head.method)
        fields = rule.map { Self.fields($0, question) } ?? []
    }

    /// Returns the response to a preflight: `OPTIONS` with `Origin` and `Access-Control-Request-Method`, never signed.
    ///
    /// - Throws: `BadRequest` if either is missing or invalid, `AccessForbidden` if there are no rules or none allows
    ///   the request.
    static func preflight(_ request: S3Request, in state: BucketState?) throws(S3Error) -> HTTPResponse {
        guard let question = Question(request.head) else {
            throw S3Error(.badRequest, "Insufficient information. Origin request header needed.")
        }
        let method = try question.validMethod()
        // S3 looks up the rules of a bucket, whatever the request is about.
        let details = [("Method", method), ("ResourceType", ResourceLevel.bucket.rawValue)]
        guard let state else {
            throw S3Error(.corsForbidden, "CORSResponse: Bucket not found", details: details)
        }
        guard let cors = state.cors else {
            throw S3Error(.corsForbidden, "CORSResponse: CORS is not enabled for this bucket.", details: details)
        }
        guard let rule = question.rule(of: cors, method: method) else {
            throw S3Error(.corsForbidden, details: details)
        }
        return HTTPResponse(status: 200, headers: fields(rule, question))
    }

    /// The question a browser asks before it lets a page of another origin read a response.
    private struct Question {
        let origin: String
        let method: String?
        /// In lower case.
        let headers: [String]

        /// - Returns: nil for a request without an origin, which does not come from a page of another origin.
        init?(_ head: HTTPRequestHead) {
            guard let origin = head.headers["origin"], !origin.isEmpty else { return nil }
            self.origin = origin
            method = head.headers["access-control-request-method"]
            headers = head.headers.all("access-control-request-headers")
                .flatMap { $0.split(whereSeparator: { $0 == "," || $0 == " " }) }.map { $0.lowercased() }
        }

        /// Returns the method that a preflight asks for.
        ///
        /// - Throws: `BadRequest` if no rule could allow the method, or a requested header field has an invalid name.
        func validMethod() throws(S3Error) -> String {
            guard let method, CORSConfiguration.methods.contains(method) else {
                throw S3Error(.badRequest, "Invalid Access-Control-Request-Method: \(method ?? "null")")
            }
            guard let invalid = headers.first(where: { !HTTPHeaders.isName($0) }) else { return method }
            throw S3Error(.badRequest, "Invalid Access-Control-Request-Headers: \(invalid)")
        }

        /// Returns the matching rule. No rule allows more header fields than a request may have.
        func rule(of cors: CORSConfiguration, method: String) -> CORSConfiguration.Rule? {
            guard headers.count <= RequestLimits.headerCount else { return nil }
            return cors.rule(origin: origin, method: method, headers: headers)
        }
    }

    private static let vary = (
        name: "Vary", value: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
    )

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
        fields.append(vary)
        return fields
    }
}
