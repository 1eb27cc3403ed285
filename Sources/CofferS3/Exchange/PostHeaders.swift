import CofferHTTP
import CofferModel
import CofferService

/// Converts the fields of a form into the header fields of the equivalent PUT, so that the same code reads both.
///
/// Source: S3 API Reference, "POST Object", "Form fields".
enum PostHeaders {
    /// The fields that are used in addition to those whose names begin with `x-amz-`. The fields that choose the
    /// response have no equivalent header in a PUT, nor one that could be mistaken for them.
    private static let fieldNames: Set = [
        "cache-control", "content-type", "content-disposition", "content-encoding", "content-language", "content-md5",
        "expires", "if-match", "if-none-match", "success_action_redirect", "redirect", "success_action_status",
    ]

    /// The header fields of the POST that describe the request. The browser adds the others, which describe the form's
    /// body.
    private static let keptNames: Set = [
        "host", "origin", "referer", "user-agent", "x-amz-expected-bucket-owner", "if-match", "if-none-match",
    ]

    /// - Throws: `InvalidArgument` for a field that cannot be a header field, and errors for invalid tags.
    static func headers(of form: PostForm, sentBy request: S3Request) throws(S3Error) -> HTTPHeaders {
        var headers = HTTPHeaders()
        for field in form.fields {
            guard let header = try header(field) else { continue }
            try EffectiveHeaders.check(header)
            headers.append(header.name, header.value)
        }
        for field in request.headers.fields where keptNames.contains(field.name) {
            headers.append(field.name, field.value)
        }
        return headers
    }

    /// Returns the header field that a form field represents; nil if it does not represent one.
    private static func header(
        _ field: (name: String, value: String)
    ) throws(S3Error) -> (name: String, value: String)? {
        switch field.name {
        case "acl": return ("x-amz-acl", field.value)
        case "tagging":
            return try tagging(Array(field.value.utf8)).map { ("x-amz-tagging", $0) }
        default: return field.name.hasPrefix("x-amz-") || fieldNames.contains(field.name) ? field : nil
        }
    }

    /// Converts tags from a form's XML document to the query parameters of a PUT.
    ///
    /// - Returns: nil for an invalid document, which AWS treats as no tags.
    private static func tagging(_ document: [UInt8]) throws(S3Error) -> String? {
        do throws(S3Error) {
            return try TagSet.parse(document, limit: Limits.objectTagCount, subject: "Object")
                .map { "\(PercentEncoding.encode($0.key.utf8))=\(PercentEncoding.encode($0.value.utf8))" }
                .joined(separator: "&")
        } catch {
            guard error.code == .malformedXML else { throw error }
            return nil
        }
    }
}
