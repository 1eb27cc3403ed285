import CofferHTTP
package import CofferModel
import CofferSigning

/// The effective header fields of a request, whether they are in its header, in the query of a presigned URL, or among
/// the fields of a form (`PostHeaders`). All code that reads a request's settings reads these.
///
/// Presigners move `x-amz-…` fields into the query, so that the holder of the URL need not send them. Only parameters
/// that the signature covers are taken from there, as the header fields that they represent: the entire query with
/// Version 4, the `x-amz-…` parameters with Version 2. In other requests S3 ignores parameters that begin with `x-`.
///
/// Source: S3 API Reference, "Authenticating Requests: Using Query Parameters"; S3 User Guide, "Signing and authenticating
/// REST requests", "Query string request authentication alternative".
package enum EffectiveHeaders {
    /// - Throws: `InvalidArgument` for a parameter that cannot be a header field, `RequestHeaderSectionTooLarge` if the
    ///   total exceeds the limit on header fields.
    static func of(_ head: HTTPRequestHead, query: Query) throws(S3Error) -> HTTPHeaders {
        guard let version = query.presigned, head.headers["authorization"] == nil else { return head.headers }
        let fields = query.amzFields + (version == .v4 ? conditions(in: query) : [])
        guard fields.count + head.headers.fields.count <= RequestLimits.headerCount else {
            throw S3Error(.requestHeaderSectionTooLarge)
        }
        let settings = fields.filter { !signatureNames.contains($0.name) && !isAboutBody($0.name) }
        guard !settings.isEmpty else { return head.headers }
        return try merge(settings, into: head.headers, isSigned: signedNames(in: query, version))
    }

    private static func conditions(in query: Query) -> [(name: String, value: String)] {
        query.parameters.map { (name: $0.name.lowercasedASCII, value: $0.value) }
            .filter { conditionNames.contains($0.name) }
    }

    /// Merges the query's fields into the header. A field that is sent and signed takes precedence over the parameter
    /// of the same name; a field that is sent unsigned does not override the signed parameter.
    private static func merge(
        _ settings: [(name: String, value: String)], into sent: HTTPHeaders, isSigned: (String) -> Bool
    ) throws(S3Error) -> HTTPHeaders {
        let applied = settings.filter { sent[$0.name] == nil || !isSigned($0.name) }
        let names = Set(applied.map(\.name))
        var headers = HTTPHeaders(sent.fields.filter { !names.contains($0.name) })
        for field in applied {
            try check(field)
            headers.append(field.name, HTTPHeaders.trimmed(field.value))
        }
        return headers
    }

    private static func signedNames(in query: Query, _ version: PresignedVersion) -> (String) -> Bool {
        // Version 2 signs every S3 field that is sent.
        guard version == .v4 else { return { _ in true } }
        let names = Set(query.signedHeaders)
        return { names.contains($0) }
    }

    /// - Throws: `InvalidArgument` for a name or value that HTTP does not allow in a header field.
    package static func check(_ field: (name: String, value: String)) throws(S3Error) {
        let isText = field.value.utf8.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 }
        guard HTTPHeaders.isName(field.name), isText else {
            throw .invalidArgument(
                "A field that is used as a header must have a valid header name, and no control characters",
                name: field.name, value: "")
        }
    }

    // MARK: Names

    /// Fields that may be in the query although they do not begin with `x-amz-`.
    private static let conditionNames: Set = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"]

    private static let signatureNames: Set = [
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature",
        "x-amz-security-token", "x-amz-content-sha256",
    ]

    /// Whether the field describes the body's content or framing. Presigners do not know the body: the JavaScript SDK
    /// writes the CRC32 of an empty body into the query. These parameters are therefore never compared with the
    /// received body.
    private static func isAboutBody(_ name: String) -> Bool {
        if name.hasPrefix("x-amz-checksum-") { return !checksumSettings.contains(name) }
        return ["x-amz-sdk-checksum-algorithm", "x-amz-trailer", "x-amz-decoded-content-length"].contains(name)
    }

    /// Fields that configure checksums but do not contain one.
    private static let checksumSettings: Set = [
        "x-amz-checksum-algorithm", "x-amz-checksum-mode", "x-amz-checksum-type",
    ]
}
