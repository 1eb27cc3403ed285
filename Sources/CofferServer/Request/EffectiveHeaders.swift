import CofferHTTP
import CofferModel
import CofferSigning

/// The header fields that a request has in effect, wherever they stand: in its header, in the query of a presigned URL, or
/// among the fields of a form (``PostHeaders``). Whatever reads a setting of a request reads these.
///
/// Presigners move `x-amz-…` fields into the query, so that who has the URL need not send them. Only what the signature
/// covers is taken from there: all of the query by Version 4, and its `x-amz-…` parameters by Version 2, as the header
/// fields that they stand for. In other requests S3 passes over parameters that begin with `x-`.
///
/// Source: S3 API Reference, "Authenticating Requests: Using Query Parameters"; S3 User Guide, "Signing and authenticating
/// REST requests", "Query string request authentication alternative".
enum EffectiveHeaders {
    /// - Throws: `InvalidArgument` for a parameter that can be no header field, `RequestHeaderSectionTooLarge` for more of
    ///   them than there may be fields.
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
        query.parameters.map { (name: $0.name.lowercased(), value: $0.value) }
            .filter { conditionNames.contains($0.name) }
    }

    /// A field that is sent and signed counts, and the parameter of its name does not. One that is sent unsigned does not
    /// take the place of what the signer said.
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
        // Version 2 signs every field of S3's that is sent.
        guard version == .v4 else { return { _ in true } }
        let names = Set(query.signedHeaders)
        return { names.contains($0) }
    }

    /// - Throws: `InvalidArgument` for what HTTP's own rules would not let through as a header field.
    static func check(_ field: (name: String, value: String)) throws(S3Error) {
        let isText = field.value.utf8.allSatisfy { $0 >= 32 && $0 != 127 || $0 == 9 }
        guard HTTPHeaders.isName(field.name), isText else {
            throw .invalidArgument(
                "A field that becomes a header must have the name of one, and no control characters",
                name: field.name, value: "")
        }
    }

    // MARK: Names

    /// Fields that do not begin with `x-amz-` and may stand in the query all the same.
    private static let conditionNames: Set = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"]

    private static let signatureNames: Set = [
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature",
        "x-amz-security-token", "x-amz-content-sha256",
    ]

    /// Whether it says what the body must be, or how it is framed. Presigners know no body: the JavaScript SDK writes the
    /// CRC32 of an empty one into the query, so that nothing there is ever compared with what comes.
    private static func isAboutBody(_ name: String) -> Bool {
        if name.hasPrefix("x-amz-checksum-") { return !checksumSettings.contains(name) }
        return ["x-amz-sdk-checksum-algorithm", "x-amz-trailer", "x-amz-decoded-content-length"].contains(name)
    }

    /// Fields that ask for checksums and hold none.
    private static let checksumSettings: Set = [
        "x-amz-checksum-algorithm", "x-amz-checksum-mode", "x-amz-checksum-type",
    ]
}
