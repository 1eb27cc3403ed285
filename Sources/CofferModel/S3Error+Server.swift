/// The errors that the server makes, with what only its log may say.
extension S3Error {
    /// `InvalidArgument` with the argument's name and value, as S3 names them.
    package static func invalidArgument(_ message: String, name: String, value: String) -> S3Error {
        S3Error(.invalidArgument, message, details: [("ArgumentName", name), ("ArgumentValue", value)])
    }

    /// `NotImplemented` for a header that the server does not support.
    package static func notImplemented(header: String) -> S3Error {
        S3Error(
            .notImplemented, "A header you provided implies functionality that is not implemented",
            details: [("Header", header)])
    }

    package static func noSuchBucket(_ name: String) -> S3Error {
        S3Error(.noSuchBucket, details: [("BucketName", name)])
    }

    package static func noSuchKey(_ key: ObjectKey) -> S3Error {
        S3Error(.noSuchKey, details: [("Key", key.description)])
    }

    package static func preconditionFailed(_ condition: String) -> S3Error {
        S3Error(.preconditionFailed, details: [("Condition", condition)])
    }

    /// `InternalError`, with its cause for the log.
    package static func internalError(_ cause: String) -> S3Error {
        S3Error(.internalError).with(cause: cause)
    }

    /// Returns the same error with other header fields.
    package func with(headers: [(name: String, value: String)]) -> S3Error {
        with(headers: HeaderFields(headers))
    }

    /// Returns the same error with the reason of a refusal, as text that fits into a header field and a line of a log.
    ///
    /// - Parameter isDisclosed: whether the response contains the reason too, as `x-coffer-reason`.
    package func withDenialReason(_ reason: String, isDisclosed: Bool) -> S3Error {
        let text = Self.reasonText(reason)
        let error = isDisclosed ? with(headers: headers.pairs + [(Self.reasonHeader, text)]) : self
        return error.with(reason: text)
    }

    /// The header field with the reason, for callers who are allowed to know it.
    package static let reasonHeader = "x-coffer-reason"

    /// The reason as the response contains it; nil if it is only logged.
    package var disclosedReason: String? { headers[Self.reasonHeader] }

    /// Returns a text of at most ``Limits/reasonByteCount`` printable ASCII characters.
    package static func reasonText(_ reason: String) -> String {
        let bytes = reason.utf8.prefix(Limits.reasonByteCount).map { (32...126).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
