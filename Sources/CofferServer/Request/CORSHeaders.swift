import CofferHTTP
import CofferModel

/// The cross-origin header fields of an answer, which every answer to a request with an `Origin` gets, errors too.
///
/// Source: S3 User Guide, "Using cross-origin resource sharing"; Fetch Standard, "CORS protocol".
struct CORSHeaders: Sendable {
    let fields: [(name: String, value: String)]

    static let none = CORSHeaders(fields: [])

    private init(fields: [(name: String, value: String)]) { self.fields = fields }

    /// The fields for a request that is no preflight.
    init(_ request: S3Request, service: Service) throws(S3Error) {
        guard let origin = request.headers["origin"], let cors = try Self.configuration(request, service) else {
            self = .none
            return
        }
        let method = request.headers["access-control-request-method"] ?? request.method
        guard let rule = cors.rule(origin: origin, method: method) else {
            fields = [Self.vary]
            return
        }
        fields = Self.fields(rule, origin: origin)
    }

    /// The answer to a preflight: `OPTIONS` with `Origin` and `Access-Control-Request-Method`, never signed.
    ///
    /// - Throws: `BadRequest` if one of them is missing, `AccessForbidden` if no rule allows the request.
    static func preflight(_ request: S3Request, service: Service) throws(S3Error) -> HTTPResponse {
        guard let origin = request.headers["origin"] else {
            throw S3Error(.badRequest, "Insufficient information. Origin request header needed.")
        }
        guard let method = request.headers["access-control-request-method"], !method.isEmpty else {
            throw S3Error(.badRequest, "Invalid Access-Control-Request-Method: null")
        }
        let details = [("Method", method), ("ResourceType", request.level.rawValue)]
        guard let cors = try configuration(request, service) else {
            throw S3Error(.corsForbidden, "CORSResponse: CORS is not enabled for this bucket.", details: details)
        }
        let asked = request.headers.all("access-control-request-headers")
            .flatMap { $0.split(whereSeparator: { $0 == "," || $0 == " " }) }.map { $0.lowercased() }
        guard let rule = cors.rule(origin: origin, method: method, headers: asked) else {
            throw S3Error(.corsForbidden, details: details)
        }
        var fields = fields(rule, origin: origin)
        if !asked.isEmpty { fields.append(("Access-Control-Allow-Headers", asked.joined(separator: ", "))) }
        return HTTPResponse(status: 200, headers: fields)
    }

    private static let vary = (
        name: "Vary", value: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
    )

    private static func configuration(_ request: S3Request, _ service: Service) throws(S3Error) -> CORSConfiguration? {
        // Without a bucket there are no rules; that it is missing is told by the operation.
        guard let name = try? request.bucketName() else { return nil }
        return try service.buckets.state(of: name)?.cors
    }

    private static func fields(
        _ rule: CORSConfiguration.Rule, origin: String
    ) -> [(name: String, value: String)] {
        let isForAll = rule.origin(matching: origin) == "*"
        var fields = [("Access-Control-Allow-Origin", isForAll ? "*" : origin)]
        if !isForAll { fields.append(("Access-Control-Allow-Credentials", "true")) }
        fields.append(("Access-Control-Allow-Methods", rule.allowedMethods.joined(separator: ", ")))
        if !rule.exposeHeaders.isEmpty {
            fields.append(("Access-Control-Expose-Headers", rule.exposeHeaders.joined(separator: ", ")))
        }
        if let age = rule.maxAgeSeconds { fields.append(("Access-Control-Max-Age", String(age))) }
        return fields + [vary]
    }
}
