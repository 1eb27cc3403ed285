package import CofferHTTP
package import CofferModel

/// The limits of a request's head.
package enum RequestLimits {
    /// The limit on header fields, names and values together (S3 User Guide, "Working with object metadata"; S3 API
    /// Reference, "Error responses").
    package static let headerByteCount = 8 << 10
    /// The same limit including fields that are smaller on AWS's endpoints: the cookies of everything that a browser
    /// visited on localhost, and the tokens of temporary credentials, which AWS encodes more compactly.
    package static let wholeHeaderByteCount = 16 << 10
    private static let uncountedFields: Set = ["cookie", "x-amz-security-token"]
    /// The number of header fields, limited because signature rules compare each field with every other.
    package static let headerCount = 256
    /// The limit on the target. A key of 1,024 bytes, all of them percent-encoded, and a presigned query fit in it.
    static let targetByteCount = 8 << 10

    /// - Throws: `SlowDown`, `RequestHeaderSectionTooLarge`, or `BadRequest` for a violation of HTTP itself.
    ///
    /// - Parameter limit: the limit on header fields, except for the uncounted ones.
    package static func check(_ head: HTTPRequestHead, headerByteCount limit: Int = RequestLimits.headerByteCount)
        throws(S3Error)
    {
        guard !head.isOverLimit else { throw S3Error(.slowDown) }
        guard head.target.utf8.count <= targetByteCount else {
            throw S3Error(
                .requestHeaderSectionTooLarge,
                "The request target is too long: at most \(targetByteCount) bytes are allowed")
        }
        guard isSmall(head.headers, limit), head.headers.fields.count <= headerCount else {
            throw S3Error(.requestHeaderSectionTooLarge, details: [("MaxSizeAllowed", String(limit))])
        }
        if let fault = head.fault { throw S3Error(.badRequest, fault) }
    }

    private static func isSmall(_ headers: HTTPHeaders, _ limit: Int) -> Bool {
        let byteCount = headers.byteCount
        if byteCount <= limit { return true }
        guard byteCount <= wholeHeaderByteCount else { return false }
        return HTTPHeaders(headers.fields.filter { !uncountedFields.contains($0.name) }).byteCount <= limit
    }
}
