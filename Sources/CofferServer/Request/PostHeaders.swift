import CofferHTTP
import CofferModel

/// The fields of a form as the header fields of the PUT that it stands for, so that the same code reads both.
///
/// Source: S3 API Reference, "POST Object", "Form fields".
enum PostHeaders {
    /// Fields that are taken besides those whose names begin with `x-amz-`. Where the answer leads has no header in a
    /// PUT, and none that could be mistaken for it.
    private static let fieldNames: Set = [
        "cache-control", "content-type", "content-disposition", "content-encoding", "content-language", "content-md5",
        "expires", "if-match", "if-none-match", "success_action_redirect", "redirect", "success_action_status",
    ]

    /// Header fields of the POST that are about the request. The others are the browser's, about the form's body.
    private static let keptNames: Set = [
        "host", "origin", "referer", "user-agent", "x-amz-expected-bucket-owner", "if-match", "if-none-match",
    ]

    /// - Throws: `InvalidArgument` for a field that can be no header field, and what is wrong with tags.
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

    /// The header field that a form's field stands for; nil for one that is none.
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

    /// A form has its tags as a document, a PUT as the parameters of a query.
    ///
    /// - Returns: nil for what is no such document: AWS takes it for no tags.
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
