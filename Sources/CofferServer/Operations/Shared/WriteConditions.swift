import CofferHTTP
import CofferModel
import CofferStorage

/// `If-Match` and `If-None-Match` of a write.
///
/// Source: S3 User Guide, "How to prevent object overwrites with conditional writes".
enum WriteConditions {
    /// - Returns: what is asked inside the transaction; nil if nothing is.
    /// - Throws: `NotImplemented` for values that S3 does not take here.
    static func condition(_ request: S3Request, key: ObjectKey) throws(S3Error) -> WriteCondition? {
        let ifNoneMatch = request.headers["if-none-match"]
        let ifMatch = request.headers["if-match"]
        guard ifNoneMatch == nil || ifNoneMatch == "*" else { throw unsupported("If-None-Match") }
        guard ifMatch != "*", ifMatch == nil || ifNoneMatch == nil else { throw unsupported("If-Match") }
        if ifNoneMatch != nil {
            return { current throws(S3Error) in
                guard current == nil else { throw .preconditionFailed("If-None-Match") }
            }
        }
        guard let ifMatch else { return nil }
        let expected = ETagCondition(ifMatch)
        return { current throws(S3Error) in
            guard let current else { throw .noSuchKey(key) }
            guard expected.matches(current.etag) else { throw .preconditionFailed("If-Match") }
        }
    }

    private static func unsupported(_ header: String) -> S3Error {
        S3Error(
            .notImplemented, "We don't accept the provided value of \(header) header for this API",
            details: [("Header", header)])
    }
}
