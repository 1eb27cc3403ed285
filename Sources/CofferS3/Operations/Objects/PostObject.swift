import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Stores the file of a form, as sent by browsers, as the current object of a key.
///
/// The request is built from the form's fields: see ``FormBody``.
struct PostObject: S3Operation {
    static let body = BodyKind.form
    static let mustNameChecksum = true

    private let settings: NewObjectSettings
    private var conditions: WritePreconditions
    private let wish: PostAnswer

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        try NewObjectSettings.permissions(for: request) + WritePreconditions.permissions(for: request)
    }

    init(_ request: S3Request) throws(S3Error) {
        try request.refuse(headers: [RequestedCopySource.header, "x-amz-write-offset-bytes"])
        settings = try NewObjectSettings(request)
        try settings.checkDigest(request)
        conditions = try WritePreconditions(request, key: settings.key)
        wish = PostAnswer(request)
    }

    mutating func prepare(_ call: Authorized<Self>) async throws(S3Error) -> BodyRequirements {
        let requirements = try ObjectWriter(settings, call).prepare()
        try await conditions.prepare(call)
        return requirements
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let finished = try body.finish()
        let condition = try await conditions.condition(call)
        let stored = try await ObjectWriter(settings, call).store(finished, if: condition)
        let object = PostedObject(
            bucket: try call.bucket.name, key: settings.key, etag: stored.etag,
            location: try call.request.location(of: settings.key))
        var response = wish.response(object)
        response.headers += stored.fields
        return response
    }
}

/// The properties of the object that the response to a form reports.
private struct PostedObject {
    let bucket: BucketName
    let key: ObjectKey
    let etag: ETag
    let location: String
}

/// The response that a form asks for.
///
/// Source: S3 API Reference, "POST Object", `success_action_redirect` and `success_action_status`.
private struct PostAnswer {
    /// The URL that the browser is redirected to; nil if the form names none, or an invalid one.
    private let redirect: String?
    private let status: Int

    init(_ request: S3Request) {
        let redirect = request.headers["success_action_redirect"] ?? request.headers["redirect"]
        self.redirect = redirect.flatMap { Self.isURL($0) ? $0 : nil }
        status = request.headers["success_action_status"].flatMap { ["200": 200, "201": 201][$0] } ?? 204
    }

    func response(_ object: PostedObject) -> HTTPResponse {
        if let redirect { return HTTPResponse(status: 303, headers: [("Location", Self.extend(redirect, object))]) }
        let location = (name: "Location", value: object.location)
        guard status == 201 else { return HTTPResponse(status: status, headers: [location]) }
        var xml = XMLWriter()
        xml.element("PostResponse") { xml in
            xml.element("Location", object.location)
            xml.element("Bucket", object.bucket.description)
            xml.element("Key", object.key.description)
            xml.element("ETag", object.etag.description)
        }
        var response = HTTPResponse.xml(xml.bytes)
        response.status = 201
        response.headers.append(location)
        return response
    }

    /// Adds the new object's bucket, key and ETag to the URL's query.
    private static func extend(_ url: String, _ object: PostedObject) -> String {
        let parts = url.split(at: "#", maxSplits: 1, keepingEmpty: true)
        let query = [
            ("bucket", Array(object.bucket.description.utf8)), ("key", object.key.bytes),
            ("etag", Array(object.etag.description.utf8)),
        ].map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        let separator = parts[0].utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return "\(parts[0])\(separator)\(query)" + (parts.count > 1 ? "#\(parts[1])" : "")
    }

    /// Returns whether the text is an HTTP or HTTPS URL with a host, made of characters that are valid in URLs (RFC
    /// 3986).
    private static func isURL(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (33...126).contains($0) }),
            let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }),
            let first = text.utf8.dropFirst(scheme.utf8.count).first
        else { return false }
        return !"/?#:".utf8.contains(first)
    }
}
